//! Placeholder until the first code comes.
