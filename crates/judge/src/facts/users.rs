//! Accounts and groups of the image, `etc/passwd` and `etc/shadow` joined.

use std::collections::BTreeMap;

use plimsoll_model::{Account, Facts, Group, Location};
use serde_json::{Value, json};

/// Accounts or groups of one file that its reader keeps. One that has so many is held to have more.
const MOST: usize = 5_000;

/// All accounts and groups that the image's own files name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Users {
    accounts: Vec<Account>,
    /// State of the password by name, of `etc/shadow`; none when there is no such file.
    shadow: Option<BTreeMap<String, String>>,
    groups: Vec<Group>,
    /// There may be more than these.
    is_cut: bool,
}

impl Users {
    /// Of what files say; none when no account file was read.
    #[must_use]
    pub fn of(said: &[(Location, Facts)]) -> Option<Self> {
        let mut users = Self::default();
        let mut is_read = false;
        // By what they hold: a link may lead from `etc/passwd` to anywhere.
        for facts in said.iter().map(|(_, facts)| facts) {
            users.is_cut |= facts.accounts.len() >= MOST || facts.groups.len() >= MOST;
            if facts.accounts.iter().any(|account| account.uid.is_some()) {
                is_read = true;
                users.accounts.extend(facts.accounts.iter().cloned());
            } else if !facts.accounts.is_empty() {
                let states = facts.accounts.iter().map(|line| (line.name.clone(), line.password.clone()));
                users.shadow.get_or_insert_default().extend(states);
            }
            users.groups.extend(facts.groups.iter().cloned());
        }
        is_read.then_some(users)
    }

    /// Whether there may be accounts or groups beside these.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The account of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The account with this id.
    #[must_use]
    pub fn with(&self, uid: u32) -> Option<&Account> {
        self.accounts.iter().find(|account| account.uid == Some(uid))
    }

    /// The id of the group of this name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups.iter().find(|group| group.name == name).map(|group| group.gid)
    }

    /// The groups that an account is a member of beside its own.
    pub fn groups_of(&self, name: &str) -> impl Iterator<Item = u32> {
        self.groups.iter().filter(move |group| group.members.iter().any(|member| member == name)).map(|group| group.gid)
    }

    /// As rules see it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let accounts: Vec<Value> = self.accounts.iter().map(|account| self.account(account)).collect();
        json!({ "accounts": accounts, "groups": self.groups, "shadow": self.shadow.is_some() })
    }

    fn account(&self, account: &Account) -> Value {
        json!({
            "name": account.name,
            "uid": account.uid,
            "gid": account.gid,
            "home": account.home,
            "shell": account.shell,
            "password": self.password(account),
            "path": "etc/passwd",
            "line": account.line,
        })
    }

    /// Where the password is kept in another file that is not there, nobody can log in with it.
    fn password<'a>(&'a self, account: &'a Account) -> &'a str {
        if account.password != "shadow" {
            return &account.password;
        }
        match &self.shadow {
            // One that is not in a list which was not read whole may have any.
            Some(states) if self.is_cut => states.get(&account.name).map_or("unknown", String::as_str),
            Some(states) => states.get(&account.name).map_or("locked", String::as_str),
            None => "unknown",
        }
    }
}
