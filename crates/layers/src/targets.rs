//! Files that links of the same layer lead to, where somebody wants what the link is named: `etc/systemd/system/sshd.service`
//! leads to a file that no pattern names. Kept with the index, they spare a second pass over the whole layer.
//!
//! Owns the guess where a link leads before the tree is there. A wrong guess costs a little room and no answer.

use hashbrown::HashSet;

/// Links whose targets are noted; systems have some dozen.
const MOST: usize = 4096;

/// Folders that distributions have merged into `usr`.
const MERGED: [&[u8]; 4] = [b"bin", b"lib", b"lib64", b"sbin"];

/// Paths that links lead to.
#[derive(Default)]
pub struct Targets(HashSet<Vec<u8>>);

impl Targets {
    /// Notes where a link leads, as far as its text tells.
    pub fn add(&mut self, link: &[u8], target: &[u8]) {
        if self.0.len() >= MOST {
            return;
        }
        let folder = link.iter().rposition(|byte| *byte == b'/').and_then(|cut| link.get(..cut)).unwrap_or_default();
        let from = if target.starts_with(b"/") { &[][..] } else { folder };
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in from.split(|byte| *byte == b'/').chain(target.split(|byte| *byte == b'/')) {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        if parts.first().is_some_and(|first| MERGED.contains(first)) {
            let merged: Vec<&[u8]> = std::iter::once(&b"usr"[..]).chain(parts.iter().copied()).collect();
            self.0.insert(merged.join(&b'/'));
        }
        self.0.insert(parts.join(&b'/'));
    }

    /// Whether a link leads there.
    pub fn has(&self, path: &[u8]) -> bool {
        !self.0.is_empty() && self.0.contains(path)
    }
}

#[cfg(test)]
mod tests {
    use super::Targets;

    #[test]
    fn links_lead_where_their_texts_say() {
        let mut targets = Targets::default();
        targets.add(b"etc/systemd/system/sshd.service", b"/lib/systemd/system/ssh.service");
        targets.add(b"etc/sudoers", b"../opt/./rules");
        targets.add(b"etc/x", b"../../../up");
        for path in ["lib/systemd/system/ssh.service", "usr/lib/systemd/system/ssh.service", "opt/rules", "up"] {
            assert!(targets.has(path.as_bytes()), "{path}");
        }
        assert!(!targets.has(b"etc/sudoers") && !Targets::default().has(b""));
    }
}
