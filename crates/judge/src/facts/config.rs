//! The image's config as rules see it: <https://github.com/opencontainers/image-spec/blob/main/config.md>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Users;
use super::limits::ENTRIES;

/// Who the processes of the image run as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// User id; none when a name could not be resolved.
    pub uid: Option<u32>,
    /// Group id; none when a name could not be resolved.
    pub gid: Option<u32>,
    /// The account's name, where it has one.
    pub name: Option<String>,
    /// Whether the image has such an account; none when it has no list of accounts, or one that was not read whole.
    pub exists: Option<bool>,
}

impl Person {
    /// What `User` of a config means: `user`, `uid`, `user:group`, `uid:gid`… Nothing means root.
    #[must_use]
    pub fn of(raw: &str, users: Option<&Users>) -> Self {
        let (user, group) = raw.split_once(':').map_or((raw, None), |(user, group)| (user, Some(group)));
        let user = if user.is_empty() { "0" } else { user };
        // A name wins over a number, as in Docker's lookup: there may be an account called `1000`.
        let account = users.and_then(|users| users.named(user).or_else(|| users.with(user.parse().ok()?)));
        let uid = account.and_then(|account| account.uid).or_else(|| user.parse().ok());
        // Engines know root without any list.
        let uid = uid.or_else(|| (user == "root").then_some(0));
        let named = |group: &str| {
            users.and_then(|users| users.group(group)).or_else(|| group.parse().ok()).or((group == "root").then_some(0))
        };
        let gid = match group {
            Some(group) => named(group),
            None => account.and_then(|account| account.gid).or_else(|| uid.map(|_| 0)),
        };
        Self {
            uid,
            gid,
            name: account.map(|account| account.name.clone()),
            exists: match users {
                Some(users) if users.is_cut() => (account.is_some() || user == "0").then_some(true),
                users => users.map(|_| account.is_some() || user == "0"),
            },
        }
    }
}

/// The config as rules see it.
pub fn config(config: &Value, users: Option<&Users>, mask: &dyn Fn(&str) -> String, as_of: &str) -> Value {
    let inner = config.get("config").unwrap_or(&Value::Null);
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let created = text(config, "created");
    let raw = text(inner, "User");
    let person = Person::of(&raw, users);
    let mut found = Map::new();
    let mut put = |name: &str, value: Value| found.insert(name.into(), value);
    put(
        "user",
        json!({ "raw": mask(&raw), "uid": person.uid, "gid": person.gid, "name": person.name, "exists": person.exists }),
    );
    put("env", env(inner, mask));
    put("ports", ports(inner, mask));
    put("volumes", keys(inner, "Volumes", mask));
    put("workdir", json!(mask(&folder(&text(inner, "WorkingDir")))));
    put("entrypoint", words(inner, "Entrypoint", mask));
    put("command", words(inner, "Cmd", mask));
    put("shell", words(inner, "Shell", mask));
    put("onbuild", words(inner, "OnBuild", mask));
    put("stop_signal", json!(mask(&text(inner, "StopSignal"))));
    put("labels", labels(inner, mask));
    put("author", json!(mask(&text(config, "author"))));
    put("age_days", json!(age(&created, as_of)));
    put("created", json!(created));
    put("healthcheck", json!({ "test": words(inner.get("Healthcheck").unwrap_or(&Value::Null), "Test", mask) }));
    Value::Object(found)
}

/// An absolute path as engines take it: `/app/../etc` is `/etc`.
pub(super) fn folder(path: &str) -> String {
    if !path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn env(inner: &Value, mask: &dyn Fn(&str) -> String) -> Value {
    let all = inner.get("Env").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    all.take(ENTRIES)
        .map(|text| {
            // Masked as a whole: a rule may know a secret by the name of its variable.
            let masked = mask(text);
            let name = text.split_once('=').map_or(text, |(name, _)| name);
            let value = masked.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or_default();
            json!({ "name": mask(name), "value": value })
        })
        .collect()
}

/// `8080/tcp`, `53/udp`, `8000-8010/tcp`.
fn ports(inner: &Value, mask: &dyn Fn(&str) -> String) -> Value {
    let names = inner.get("ExposedPorts").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names
        .take(ENTRIES)
        .map(|name| {
            let (number, protocol) = name.split_once('/').unwrap_or((name, "tcp"));
            let (first, last) = number.split_once('-').unwrap_or((number, number));
            json!({
                "text": mask(name),
                "port": first.parse::<u32>().ok(),
                "last": last.parse::<u32>().ok(),
                "protocol": mask(protocol),
            })
        })
        .collect()
}

fn keys(inner: &Value, name: &str, mask: &dyn Fn(&str) -> String) -> Value {
    inner
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
        .take(ENTRIES)
        .map(|key| json!(mask(key)))
        .collect()
}

fn words(inner: &Value, name: &str, mask: &dyn Fn(&str) -> String) -> Value {
    let words = inner.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    words.take(ENTRIES).map(|word| json!(mask(word))).collect()
}

fn labels(inner: &Value, mask: &dyn Fn(&str) -> String) -> Value {
    let labels = inner.get("Labels").and_then(Value::as_object).into_iter().flatten();
    let labels = labels.take(ENTRIES);
    labels.map(|(name, value)| (mask(name), json!(mask(value.as_str().unwrap_or_default())))).collect()
}

/// Whole days since an image was made; none when its config does not say, or says a moment to come.
fn age(created: &str, as_of: &str) -> Option<i64> {
    let (created, as_of) = (created.parse::<Timestamp>().ok()?, as_of.parse::<Timestamp>().ok()?);
    let days = as_of.duration_since(created).as_hours().div_euclid(24);
    (created.as_second() > 0 && days >= 0).then_some(days)
}

#[cfg(test)]
mod tests {
    use plimsoll_model::{Account, Facts, Group, Location};

    use super::*;

    fn users() -> Users {
        let account =
            |name: &str, uid| Account { name: name.into(), uid: Some(uid), gid: Some(uid + 1), ..Account::default() };
        let passwd =
            Facts { accounts: vec![account("root", 0), account("toor", 0), account("app", 1000)], ..Facts::default() };
        let group =
            Facts { groups: vec![Group { name: "web".into(), gid: 33, ..Group::default() }], ..Facts::default() };
        Users::of(&[(Location::at("etc/passwd"), passwd), (Location::at("etc/group"), group)]).unwrap()
    }

    #[test]
    fn a_user_is_resolved_as_engines_do() {
        let users = users();
        for (raw, uid, gid, exists) in [
            ("", Some(0), Some(1), Some(true)),
            ("root", Some(0), Some(1), Some(true)),
            ("toor", Some(0), Some(1), Some(true)),
            ("app", Some(1000), Some(1001), Some(true)),
            ("app:web", Some(1000), Some(33), Some(true)),
            ("1000", Some(1000), Some(1001), Some(true)),
            ("10001", Some(10001), Some(0), Some(false)),
            ("10001:7", Some(10001), Some(7), Some(false)),
            (":web", Some(0), Some(33), Some(true)),
            ("nobody", None, None, Some(false)),
        ] {
            let person = Person::of(raw, Some(&users));
            assert_eq!((person.uid, person.gid, person.exists), (uid, gid, exists), "{raw}");
        }
        assert_eq!(Person::of("root", None).uid, Some(0));
        assert_eq!(Person::of("app", None), Person::default());
    }

    #[test]
    fn no_setting_shows_a_secret() {
        let mask = |text: &str| text.replace("token", "…");
        let inner = json!({
            "User": "token", "WorkingDir": "/token", "StopSignal": "token", "Volumes": { "/token": {} },
            "ExposedPorts": { "80/token": {}, "token/tcp": {} }, "Labels": { "token": "token" }, "Shell": ["token"],
            "Env": ["token=token"], "Cmd": ["token"], "Entrypoint": ["token"], "OnBuild": ["RUN token"],
            "Healthcheck": { "Test": ["CMD", "token"] },
        });
        let found =
            config(&json!({ "config": inner, "author": "token" }), Some(&users()), &mask, "2026-11-29T12:00:00Z");
        assert!(!found.to_string().contains("token"), "{found}");
        assert_eq!((&found["user"]["raw"], &found["workdir"]), (&json!("…"), &json!("/…")));
    }

    #[test]
    fn ages_are_whole_days_and_never_invented() {
        let age = |created: &str| age(created, "2026-11-29T12:00:00Z");
        assert_eq!(age("2026-11-27T13:00:00Z"), Some(1));
        assert_eq!(age("2026-11-29T11:59:59Z"), Some(0));
        assert_eq!(age("2026-11-29T13:00:00Z"), None);
        assert_eq!(age("1970-01-01T00:00:00Z"), None);
        assert_eq!(age(""), None);
    }
}
