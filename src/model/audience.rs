//! Audiences: who is in, and why the others are not.

use serde::{Deserialize, Serialize};

/// Whether a person of the segment is in an audience; where several reasons are against it, the first of this order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Not in the segment: neither in nor left out.
    Outside,
    /// Outside of the pilot, or not meeting the audience's own condition.
    OutOfScope,
    /// Held out of the segment's audiences, for measuring.
    HeldOut,
    /// On a suppression list, or the address is gone.
    Suppressed,
    /// Said no.
    OptedOut,
    /// Did not say yes, where a yes is needed.
    NoConsent,
    /// Has no address on the channel.
    NoAddress,
    /// The address would run as a formula in a spreadsheet.
    UnsafeAddress,
    /// Was contacted often enough lately.
    ContactPressure,
    /// Is left in peace for a while.
    QuietTime,
    /// Somebody before has the same address.
    SameAddress,
    /// The audience is full.
    OverLimit,
    /// In.
    Member,
}

impl Verdict {
    /// All reasons against it, in order.
    pub const REASONS: [Self; 11] = [
        Self::OutOfScope,
        Self::HeldOut,
        Self::Suppressed,
        Self::OptedOut,
        Self::NoConsent,
        Self::NoAddress,
        Self::UnsafeAddress,
        Self::ContactPressure,
        Self::QuietTime,
        Self::SameAddress,
        Self::OverLimit,
    ];

    /// As written to `run.json` and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::OutOfScope => "out_of_scope",
            Self::HeldOut => "held_out",
            Self::Suppressed => "suppressed",
            Self::OptedOut => "opted_out",
            Self::NoConsent => "no_consent",
            Self::NoAddress => "no_address",
            Self::UnsafeAddress => "unsafe_address",
            Self::ContactPressure => "contact_pressure",
            Self::QuietTime => "quiet_time",
            Self::SameAddress => "same_address",
            Self::OverLimit => "over_limit",
            Self::Member => "member",
        }
    }
}

/// Figures of one audience: `segment_persons = members + every reason in left_out`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudienceCounts {
    /// Its name.
    pub audience: String,
    /// Its segment; empty = everybody.
    pub segment: String,
    /// Channel, or channel and purpose: `email:newsletter`.
    pub channel: String,
    /// The file of the list, in the run's folder.
    pub file: String,
    /// Persons of the segment.
    pub segment_persons: u64,
    /// Persons on the list.
    pub members: u64,
    /// Persons left out, by the first reason that applies, in the order of reasons; those of none are not listed.
    pub left_out: Vec<(String, u64)>,
}

impl AudienceCounts {
    /// Whether everybody is in or left out for one reason.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.segment_persons == self.members + self.left_out.iter().map(|(_, persons)| persons).sum::<u64>()
    }
}
