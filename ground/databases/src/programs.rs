//! Where PostgreSQL's programs are, and as whom they may run.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::Error;

/// The folder with `initdb`, `pg_ctl`, `createdb` and `dropdb`.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Looks in Debian's folders, newest version first, then in PATH.
    pub(crate) fn find() -> Result<Self, Error> {
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
            .collect();
        versions.sort();
        let in_path = std::env::var_os("PATH").unwrap_or_default();
        versions
            .into_iter()
            .rev()
            .map(|(_, folder)| folder)
            .chain(std::env::split_paths(&in_path))
            .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
            .map(|folder| Self { folder })
            .ok_or(Error::Missing("initdb"))
    }

    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// A user by number, for a server that must not run as root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl Account {
    /// `None` when this process is not root and the server may run as whoever we are.
    pub(crate) fn to_step_down_to() -> Result<Option<Self>, Error> {
        let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        if !root {
            return Ok(None);
        }
        let passwd = fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
        ["postgres", "nobody"].iter().find_map(|name| Self::named(&passwd, name)).map(Some).ok_or(Error::NoUser)
    }

    /// Reads `name:password:uid:gid:…` lines.
    fn named(passwd: &str, name: &str) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next() != Some(name) {
                return None;
            }
            Some(Self { user: fields.nth(1)?.parse().ok()?, group: fields.next()?.parse().ok()? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn account_is_read_from_its_own_line() {
        let passwd = "root:x:0:0:root:/:/bin/bash\npostgres:x:101:104::/var/lib/postgresql:/bin/bash\n";
        assert_eq!(Account::named(passwd, "postgres"), Some(Account { user: 101, group: 104 }));
        assert_eq!(Account::named(passwd, "postgre"), None);
    }
}
