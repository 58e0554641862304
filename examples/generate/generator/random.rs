//! Random numbers that never change: SplitMix64 with its published constants, and a permutation made of it. Integers
//! only, so that every machine makes the same bytes.

/// Step of SplitMix64's state.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of SplitMix64.
#[must_use]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers that belongs to one thing (a person, a row), so that things can be made in any order.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of thing `index` of kind `kind`.
    #[must_use]
    pub fn of(seed: u64, kind: u64, index: u64) -> Self {
        Self(mix(seed.wrapping_add(GOLDEN) ^ mix(kind.wrapping_mul(GOLDEN) ^ mix(index.wrapping_add(GOLDEN)))))
    }

    /// 64 random bits.
    #[allow(clippy::should_implement_trait)] // a stream has no end; it is no iterator
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// True in `rate` of a million cases.
    pub fn chance(&mut self, rate: u32) -> bool {
        self.below(1_000_000) < u64::from(rate)
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// A fixed shuffle of `0..size` that needs no memory: four Feistel rounds, walked until the result is in range.
#[derive(Debug, Clone)]
pub struct Permutation {
    size: u64,
    low_bits: u32,
    low_mask: u64,
    high_mask: u64,
    keys: [u64; 4],
}

impl Permutation {
    /// The shuffle of `0..size` that a seed gives.
    #[must_use]
    pub fn new(size: u64, seed: u64) -> Self {
        let bits = (64 - size.max(2).saturating_sub(1).leading_zeros()).max(2);
        let low_bits = bits / 2;
        let mut random = Random::of(seed, u64::MAX, size);
        let keys = std::array::from_fn(|_| random.next());
        Self { size, low_bits, low_mask: (1 << low_bits) - 1, high_mask: (1 << (bits - low_bits)) - 1, keys }
    }

    /// Where `x` goes; `x` must be below the size.
    #[must_use]
    pub fn at(&self, mut x: u64) -> u64 {
        debug_assert!(x < self.size);
        loop {
            let (mut low, mut high) = (x & self.low_mask, x >> self.low_bits);
            for pair in self.keys.chunks_exact(2) {
                low ^= mix(high ^ pair[0]) & self.low_mask;
                high ^= mix(low ^ pair[1]) & self.high_mask;
            }
            x = (high << self.low_bits) | low;
            if x < self.size {
                return x;
            }
        }
    }
}

/// A list whose members come up with given weights, by one look-up.
#[derive(Debug, Clone)]
pub struct Weighted {
    table: Vec<u16>,
}

impl Weighted {
    /// Member `i` of `0..weights.len()` comes up in proportion to its weight, to within 1/16384.
    #[must_use]
    pub fn new(weights: impl Iterator<Item = u64>) -> Self {
        const SIZE: u64 = 1 << 14;
        let weights: Vec<u64> = weights.collect();
        let total: u64 = weights.iter().sum();
        let mut table = Vec::with_capacity(SIZE as usize);
        let mut sum = 0;
        for (member, weight) in weights.iter().enumerate() {
            sum += weight;
            table.resize((sum * SIZE / total) as usize, member as u16);
        }
        Self { table }
    }

    /// Weights like the frequencies of names: 1/(rank + 4).
    #[must_use]
    pub fn zipf(count: usize) -> Self {
        Self::new((0..count as u64).map(|rank| 1_000_000_000 / (rank + 4)))
    }

    /// A member, chosen by the low bits of `bits`.
    #[must_use]
    pub fn member(&self, bits: u64) -> usize {
        usize::from(self.table[(bits & 0x3fff) as usize])
    }
}
