//! The calls of `wasi:filesystem` that change how much a folder holds, or whose answer differs between machines. The others go
//! to the engine as they are.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use wasmtime::component::{HasData, Resource, ResourceTable};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtx, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult, ReaddirIterator};

use super::account::Disk;
use super::stream::{OpenFile, Reading, Writing, read_fully};

/// Bytes that one read gives at most.
const READ_BYTES_MAX: u64 = 64 << 10;

/// Names that an instance's lists of folders hold at a time.
const LISTED_MAX: usize = 200_000;

type Fd = Resource<Descriptor>;

/// What an instance has open, by the number of the handle. Closed with the instance, handles that it never dropped too.
#[derive(Default)]
pub(crate) struct Handles {
    files: BTreeMap<u32, OpenFile>,
    lists: BTreeMap<u32, VecDeque<DirectoryEntry>>,
}

/// Selects [`FolderView`] for the linker.
pub(crate) struct Folders;

/// The folder of an instance.
pub(crate) struct FolderView<'a> {
    pub(crate) context: &'a mut WasiFilesystemCtx,
    pub(crate) table: &'a mut ResourceTable,
    pub(crate) disk: &'a Arc<Disk>,
    pub(crate) handles: &'a mut Handles,
    /// Times are hidden and lists sorted.
    pub(crate) fixed: bool,
}

impl HasData for Folders {
    type Data<'a> = FolderView<'a>;
}

impl FolderView<'_> {
    fn inner(&mut self) -> WasiFilesystemCtxView<'_> {
        WasiFilesystemCtxView {
            ctx: self.context,
            table: self.table,
        }
    }

    fn file(&self, fd: &Fd) -> FsResult<Arc<File>> {
        match self.table.get(fd)? {
            Descriptor::File(file) => Ok(Arc::clone(&file.file)),
            Descriptor::Dir(_) => Err(ErrorCode::IsDirectory.into()),
        }
    }

    fn writable(&self, fd: &Fd) -> FsResult<Arc<File>> {
        use wasmtime_wasi::OpenMode;
        match self.table.get(fd)? {
            Descriptor::File(file) if !file.open_mode.contains(OpenMode::WRITE) => {
                Err(ErrorCode::BadDescriptor.into())
            }
            _ => self.file(fd),
        }
    }

    /// A file by its path; nothing if there is none, or a folder.
    async fn look(&mut self, fd: &Fd, path: &str) -> FsResult<Option<(u64, u64)>> {
        let fd = borrowed(fd);
        let (none, read) = (OpenFlags::empty(), DescriptorFlags::READ);
        let opened = self
            .inner()
            .open_at(fd, PathFlags::empty(), path.to_owned(), none, read)
            .await;
        let Ok(opened) = opened else {
            return Ok(None);
        };
        let found = match self.table.delete(opened)? {
            Descriptor::File(file) => {
                let metadata = file.file.metadata()?;
                Some((metadata.ino(), metadata.len()))
            }
            Descriptor::Dir(_) => None,
        };
        Ok(found)
    }

    async fn kind(&mut self, fd: &Fd, path: &str) -> Option<DescriptorType> {
        let fd = borrowed(fd);
        let stat = self
            .inner()
            .stat_at(fd, PathFlags::empty(), path.to_owned())
            .await;
        stat.ok().map(|stat| stat.type_)
    }

    fn hide(&self, mut stat: DescriptorStat) -> DescriptorStat {
        if self.fixed {
            stat.data_access_timestamp = None;
            stat.data_modification_timestamp = None;
            stat.status_change_timestamp = None;
            stat.link_count = 1;
            if stat.type_ == DescriptorType::Directory {
                stat.size = 0;
            }
        }
        stat
    }

    fn hash(&self, inode: u64) -> MetadataHashValue {
        let lower = if self.fixed {
            self.disk.number(inode)
        } else {
            inode
        };
        MetadataHashValue { lower, upper: 0 }
    }
}

/// The same handle again: a call borrows it.
fn borrowed(fd: &Fd) -> Fd {
    Resource::new_borrow(fd.rep())
}

fn refused<T>(code: ErrorCode) -> FsResult<T> {
    Err(FsError::from(code))
}

impl Host for FolderView<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        self.inner().convert_error_code(error)
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        self.inner().filesystem_error_code(error)
    }
}

impl HostDescriptor for FolderView<'_> {
    fn read_via_stream(&mut self, fd: Fd, offset: u64) -> FsResult<Resource<DynInputStream>> {
        let file = OpenFile::new(self.file(&fd)?, Arc::clone(self.disk))?;
        let stream: DynInputStream = Box::new(Reading::new(file, offset));
        Ok(self.table.push(stream)?)
    }

    fn write_via_stream(&mut self, fd: Fd, offset: u64) -> FsResult<Resource<DynOutputStream>> {
        let file = OpenFile::new(self.writable(&fd)?, Arc::clone(self.disk))?;
        let stream: DynOutputStream = Box::new(Writing::new(file, Some(offset)));
        Ok(self.table.push(stream)?)
    }

    fn append_via_stream(&mut self, fd: Fd) -> FsResult<Resource<DynOutputStream>> {
        let file = OpenFile::new(self.writable(&fd)?, Arc::clone(self.disk))?;
        let stream: DynOutputStream = Box::new(Writing::new(file, None));
        Ok(self.table.push(stream)?)
    }

    async fn advise(&mut self, fd: Fd, offset: u64, len: u64, advice: Advice) -> FsResult<()> {
        self.inner().advise(fd, offset, len, advice).await
    }

    async fn sync_data(&mut self, fd: Fd) -> FsResult<()> {
        self.inner().sync_data(fd).await
    }

    async fn get_flags(&mut self, fd: Fd) -> FsResult<DescriptorFlags> {
        self.inner().get_flags(fd).await
    }

    async fn get_type(&mut self, fd: Fd) -> FsResult<DescriptorType> {
        self.inner().get_type(fd).await
    }

    async fn set_size(&mut self, fd: Fd, size: u64) -> FsResult<()> {
        Ok(self.disk.set_len(&*self.writable(&fd)?, size)?)
    }

    async fn set_times(
        &mut self,
        fd: Fd,
        access: NewTimestamp,
        change: NewTimestamp,
    ) -> FsResult<()> {
        self.inner().set_times(fd, access, change).await
    }

    async fn read(&mut self, fd: Fd, len: u64, offset: u64) -> FsResult<(Vec<u8>, bool)> {
        let file = self.file(&fd)?;
        let len = usize::try_from(len.min(READ_BYTES_MAX)).unwrap_or(0);
        let mut buffer = vec![0; len];
        let read = read_fully(&file, &mut buffer, offset)?;
        buffer.truncate(read);
        Ok((buffer, read == 0))
    }

    async fn write(&mut self, fd: Fd, bytes: Vec<u8>, offset: u64) -> FsResult<u64> {
        Ok(self
            .disk
            .write(&*self.writable(&fd)?, Some(offset), &bytes)?)
    }

    /// Lists are sorted, as disks aren't.
    async fn read_directory(&mut self, fd: Fd) -> FsResult<Resource<ReaddirIterator>> {
        let stream = self.inner().read_directory(fd).await?;
        let held: usize = self.handles.lists.values().map(VecDeque::len).sum();
        let mut entries = Vec::new();
        loop {
            let stream = Resource::new_borrow(stream.rep());
            match self.inner().read_directory_entry(stream).await? {
                Some(entry) => entries.push(entry),
                None => break,
            }
            if held + entries.len() > LISTED_MAX {
                return refused(ErrorCode::InsufficientMemory);
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        self.handles.lists.insert(stream.rep(), entries.into());
        Ok(stream)
    }

    async fn sync(&mut self, fd: Fd) -> FsResult<()> {
        self.inner().sync(fd).await
    }

    async fn create_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let disk = Arc::clone(self.disk);
        let _names = disk.names.lock().await;
        disk.check_name()?;
        self.inner().create_directory_at(fd, path).await?;
        disk.name_added();
        Ok(())
    }

    async fn stat(&mut self, fd: Fd) -> FsResult<DescriptorStat> {
        let stat = self.inner().stat(fd).await?;
        Ok(self.hide(stat))
    }

    async fn stat_at(
        &mut self,
        fd: Fd,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let stat = self.inner().stat_at(fd, flags, path).await?;
        Ok(self.hide(stat))
    }

    async fn set_times_at(
        &mut self,
        fd: Fd,
        flags: PathFlags,
        path: String,
        access: NewTimestamp,
        change: NewTimestamp,
    ) -> FsResult<()> {
        self.inner()
            .set_times_at(fd, flags, path, access, change)
            .await
    }

    async fn link_at(&mut self, _: Fd, _: PathFlags, _: String, _: Fd, _: String) -> FsResult<()> {
        refused(ErrorCode::Unsupported)
    }

    async fn open_at(
        &mut self,
        fd: Fd,
        path_flags: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Fd> {
        let disk = Arc::clone(self.disk);
        let _names = disk.names.lock().await;
        let kind = self.kind(&fd, &path).await;
        let creates = kind.is_none() && open.contains(OpenFlags::CREATE);
        if creates {
            disk.check_name()?;
        }
        let cut = match kind {
            Some(_) if open.contains(OpenFlags::TRUNCATE) => self.look(&fd, &path).await?,
            _ => None,
        };
        let opened = self
            .inner()
            .open_at(fd, path_flags, path, open, flags)
            .await?;
        if creates {
            disk.name_added();
        }
        if let Some((_, bytes)) = cut {
            disk.cut(bytes);
        }
        if let Descriptor::File(file) = self.table.get(&opened)? {
            let file = OpenFile::new(Arc::clone(&file.file), disk.clone())?;
            self.handles.files.insert(opened.rep(), file);
        }
        Ok(opened)
    }

    async fn readlink_at(&mut self, fd: Fd, path: String) -> FsResult<String> {
        self.inner().readlink_at(fd, path).await
    }

    async fn remove_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let disk = Arc::clone(self.disk);
        let _names = disk.names.lock().await;
        self.inner().remove_directory_at(fd, path).await?;
        disk.folder_removed();
        Ok(())
    }

    async fn rename_at(&mut self, fd: Fd, from: String, to_fd: Fd, to: String) -> FsResult<()> {
        let disk = Arc::clone(self.disk);
        let _names = disk.names.lock().await;
        let source = self.look(&fd, &from).await?;
        let target = self.look(&to_fd, &to).await?;
        let folder = self.kind(&to_fd, &to).await == Some(DescriptorType::Directory);
        let same = self.same_folder(&fd, &from, &to_fd, &to, folder).await;
        self.inner().rename_at(fd, from, to_fd, to).await?;
        match target {
            Some((inode, bytes)) if source.is_none_or(|(moved, _)| moved != inode) => {
                disk.file_removed(inode, bytes);
            }
            None if folder && !same => disk.folder_removed(),
            _ => {}
        }
        Ok(())
    }

    async fn symlink_at(&mut self, _: Fd, _: String, _: String) -> FsResult<()> {
        refused(ErrorCode::Unsupported)
    }

    async fn unlink_file_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let disk = Arc::clone(self.disk);
        let _names = disk.names.lock().await;
        let found = self.look(&fd, &path).await?;
        self.inner().unlink_file_at(fd, path).await?;
        if let Some((inode, bytes)) = found {
            disk.file_removed(inode, bytes);
        }
        Ok(())
    }

    async fn is_same_object(&mut self, one: Fd, other: Fd) -> wasmtime::Result<bool> {
        self.inner().is_same_object(one, other).await
    }

    async fn metadata_hash(&mut self, fd: Fd) -> FsResult<MetadataHashValue> {
        let inode = match self.table.get(&fd)? {
            Descriptor::File(file) => file.file.metadata()?.ino(),
            Descriptor::Dir(folder) => folder.dir.metadata()?.ino(),
        };
        Ok(self.hash(inode))
    }

    async fn metadata_hash_at(
        &mut self,
        fd: Fd,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let (none, read) = (OpenFlags::empty(), DescriptorFlags::READ);
        let opened = self.inner().open_at(fd, flags, path, none, read).await?;
        let hash = self.metadata_hash(borrowed(&opened)).await;
        self.table.delete(opened)?;
        hash
    }

    fn drop(&mut self, fd: Fd) -> wasmtime::Result<()> {
        self.handles.files.remove(&fd.rep());
        self.table.delete(fd)?;
        Ok(())
    }
}

impl FolderView<'_> {
    /// Whether two paths name one folder.
    async fn same_folder(
        &mut self,
        fd: &Fd,
        from: &str,
        to_fd: &Fd,
        to: &str,
        folder: bool,
    ) -> bool {
        if !folder {
            return false;
        }
        let (one, other) = (borrowed(fd), borrowed(to_fd));
        let flags = PathFlags::empty;
        let one = self
            .inner()
            .metadata_hash_at(one, flags(), from.to_owned())
            .await;
        let other = self
            .inner()
            .metadata_hash_at(other, flags(), to.to_owned())
            .await;
        match (one, other) {
            (Ok(one), Ok(other)) => one.lower == other.lower && one.upper == other.upper,
            _ => false,
        }
    }
}

impl HostDirectoryEntryStream for FolderView<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        let list = self.handles.lists.get_mut(&stream.rep());
        Ok(list.and_then(VecDeque::pop_front))
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.handles.lists.remove(&stream.rep());
        HostDirectoryEntryStream::drop(&mut self.inner(), stream)
    }
}
