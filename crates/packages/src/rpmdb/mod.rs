//! The RPM database in its three formats (SQLite, NDB, Berkeley DB hash), and the header blobs in all of them.
