//! Tables to files, and the swap that makes a run the published one.
