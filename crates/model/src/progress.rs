//! What a long scan tells whoever is watching.

/// Called from any thread while a scan runs. Must be quick.
pub type Progress<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The layers are known; reading starts. Sent once an image, before every other layer event.
    Layers {
        /// Reference for people.
        image: &'a str,
        /// All of them, bottom first.
        layers: &'a [crate::Layer],
    },
    /// This many stored bytes of a layer were read since the last event.
    Read {
        /// Index of the layer.
        layer: usize,
        /// Stored bytes.
        bytes: u64,
    },
    /// A layer is finished.
    Indexed {
        /// Index of the layer.
        layer: usize,
        /// It came from the cache.
        cached: bool,
    },
    /// The advisories that are needed are known; fetching starts.
    Download {
        /// Bytes that will come over the network, as far as the feeds' usual sizes tell.
        bytes: u64,
    },
    /// A document of a feed is being fetched.
    Fetch {
        /// Feed's id and the document's name in it: `osv PyPI`.
        feed: &'a str,
        /// Whole size, when the server says so.
        size: Option<u64>,
        /// Bytes so far.
        done: u64,
    },
    /// A source's answer was of no use, and another's is used instead.
    Refused {
        /// Which and why.
        reason: &'a str,
    },
    /// A space's advisories are ready.
    Shard {
        /// The space.
        space: &'a str,
    },
}
