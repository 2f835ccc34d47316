//! Every change that output makes to the disk, so that tests can let each of them fail or be the last.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::Path;

/// What can be done to a disk.
pub(super) trait Disk {
    /// Creates a folder.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Writes a file that is not there yet, as far as the platters.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Opens a file that may be there, to lock it.
    fn open(&self, path: &Path) -> io::Result<File>;
    /// Gives a file, or a symbolic link, a second name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file or folder another name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Lets two folders change places in one step; `Unsupported` where there is no such step.
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()>;
    /// Removes a file or a symbolic link.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Gives a folder the permissions of another one, and where that is allowed its owner.
    fn liken(&self, path: &Path, model: &Metadata) -> io::Result<()>;
    /// Lets its owner change what is in a folder.
    fn unseal(&self, path: &Path) -> io::Result<()>;
    /// Waits until the names in a folder have reached the platters.
    fn sync(&self, folder: &Path) -> io::Result<()>;
}

/// The disk as it is.
pub(super) struct Real;

impl Disk for Real {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        File::options().create(true).truncate(false).write(true).open(path)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;

        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|error| match error {
            // A file system that cannot says so in one of these ways.
            // Source: <https://man7.org/linux/man-pages/man2/renameat2.2.html>
            Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => io::ErrorKind::Unsupported.into(),
            error => error.into(),
        })
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn exchange(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn liken(&self, path: &Path, model: &Metadata) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, chown};
            let own = fs::metadata(path)?;
            if (own.uid(), own.gid()) != (model.uid(), model.gid()) {
                // Only root may give folders away; whoever else writes here becomes the owner.
                drop(chown(path, Some(model.uid()), Some(model.gid())));
            }
        }
        fs::set_permissions(path, model.permissions())
    }

    #[cfg(unix)]
    fn unseal(&self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o700 == 0o700 { Ok(()) } else { fs::set_permissions(path, PermissionsExt::from_mode(mode | 0o700)) }
    }

    #[cfg(not(unix))]
    fn unseal(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    fn sync(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    #[cfg(not(unix))]
    fn sync(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
