//! What a program may do beyond its user's rights, as Linux keeps it in the extended attribute `security.capability`
//! (capabilities(7), `struct vfs_ns_cap_data` of `linux/capability.h`).

/// Names by number, without `cap_`.
const NAMES: &[&str] = &[
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

/// The capabilities that an attribute grants, permitted or inheritable; `unreadable` for one of no known version.
#[must_use]
pub fn names(attribute: &[u8]) -> Vec<&'static str> {
    if attribute.is_empty() {
        return Vec::new();
    }
    let Some(set) = granted(attribute) else { return vec!["unreadable"] };
    let named = NAMES.iter().enumerate().filter(|(number, _)| set >> number & 1 == 1);
    named.map(|(_, name)| *name).collect()
}

/// Version 1 has one pair of 32-bit words, permitted and inheritable; versions 2 and 3 have two, the second for the upper half.
fn granted(attribute: &[u8]) -> Option<u64> {
    let word = |index: usize| {
        let at = index.checked_mul(4)?;
        let bytes = attribute.get(at..at.checked_add(4)?)?;
        Some(u64::from(u32::from_le_bytes(bytes.try_into().ok()?)))
    };
    let low = word(1)? | word(2)?;
    match word(0)? >> 24 {
        1 => Some(low),
        2 | 3 => Some((word(3)? | word(4)?) << 32 | low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by `setcap` of libcap 2.66, read with `getfattr -e hex`.
    #[test]
    fn attributes_as_setcap_writes_them() {
        let two = |permitted: u64| {
            let mut bytes = 0x0200_0001_u32.to_le_bytes().to_vec();
            for half in [permitted as u32, 0, (permitted >> 32) as u32, 0] {
                bytes.extend_from_slice(&half.to_le_bytes());
            }
            bytes
        };
        assert_eq!(names(&two(1 << 13)), ["net_raw"]);
        assert_eq!(names(&two(1 << 21 | 1 << 39)), ["sys_admin", "bpf"]);
        assert_eq!(names(b"\x01\0\0\x01\0\x20\0\0\0\0\0\0"), ["net_raw"]);
        assert_eq!(names(b"\x01\0\0\x09\0\x20\0\0\0\0\0\0"), ["unreadable"]);
        assert_eq!(names(b"\x01"), ["unreadable"]);
        assert!(names(b"").is_empty());
    }
}
