//! The process-wide choice of cryptography that TLS clients need before they are built.

/// Chooses ring, unless the program has chosen a provider already, which then is the one to use.
pub(crate) fn choose_provider() {
    let _chosen_before = rustls::crypto::ring::default_provider().install_default();
}
