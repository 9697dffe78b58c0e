//! How much of a hostile layer is borne, with a reason for each number. Owns the numbers, not their enforcement.

/// Bounds on what reading an image may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Layers in an image. Engines stop at 127; the rest is slack for other stores.
    pub layers: usize,
    /// Entries in one layer. The largest layers seen in the wild have some 3 million files.
    pub entries: u32,
    /// Bytes of one path. Linux opens no longer ones (`PATH_MAX`).
    pub path: usize,
    /// Folders above an entry. Half of what `PATH_MAX` allows, far more than any tool makes.
    pub depth: usize,
    /// Unpacked bytes of one layer: the largest machine-learning layers are near 50 GiB.
    pub unpacked: u64,
    /// Unpacked bytes for each stored byte, once `expansion_floor` is passed. Zero-filled files reach 1,000.
    pub expansion: u64,
    /// Unpacked bytes below which a layer may expand as it likes: two seconds of work.
    pub expansion_floor: u64,
    /// Window that a zstd frame may ask for, as a power of two. 128 MiB is what `zstd` itself accepts unasked.
    pub zstd_window: u32,
    /// Bytes of one file that a reader may get. Programs with models or data inside reach some gigabytes; package
    /// databases stay near 300 MiB.
    pub file: u64,
    /// Bytes of one file that are held in memory; larger ones go to a temporary file.
    pub memory: u64,
    /// Bytes of files being read at one time, over all layers; readers wait for one another beyond it. As many again are
    /// set aside until all layers are read, and as many read again.
    pub spool: u64,
    /// Bytes of one joined reader's candidate that the index of a layer keeps; larger ones are set aside, or read again.
    pub kept: u64,
    /// Compressed bytes of all candidates that the index of a layer keeps.
    pub kept_total: usize,
    /// Packages that local readers may find in one layer. The largest trees of Node.js packages have some 50,000.
    pub packages: usize,
    /// Symbolic links followed for one path, as Linux does.
    pub links: u32,
    /// Regions of one sparse file.
    pub sparse: usize,
    /// Things that detectors find in one layer, and entries with a mark. A layer full of keys is told of by its first ones.
    pub traces: usize,
    /// Entries of one layer that carry more than the path table holds. A whole system has some 20.
    pub marks: usize,
    /// Files of an image that are told to checks. Trees that anybody may write have tens of thousands.
    pub noticed: usize,
    /// Gaps told one by one for a layer; a last one says how many more there are.
    pub gaps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            layers: 1024,
            entries: 5_000_000,
            path: 4096,
            depth: 1024,
            unpacked: 128 << 30,
            expansion: 200,
            expansion_floor: 2 << 30,
            zstd_window: 27,
            file: 4 << 30,
            memory: 8 << 20,
            spool: 4 << 30,
            kept: 16 << 20,
            kept_total: 16 << 20,
            packages: 200_000,
            links: 40,
            sparse: 65_536,
            traces: 10_000,
            marks: 10_000,
            noticed: 100_000,
            gaps: 100,
        }
    }
}
