//! The data's way as a short list of calls; the sole owner of the order. Pure: no I/O, no printing, no rules of its own.
