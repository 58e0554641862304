//! One thin file per command: load, call, write.
