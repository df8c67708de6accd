//! Whether the parts of an expanded private key belong together (RFC 9881 section 8.2).
//!
//! The library panics at some octets that are no key, and takes others that are none for one. So the key is looked at
//! here first: plainly and slowly, because it is done once, when somebody brings such a key.

use alloc::vec::Vec;

use shake::{ExtendableOutput, Shake128, Shake256, Update, XofReader};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::MlDsa;

/// The prime of FIPS 204.
const Q: u64 = 8_380_417;
/// A 512th root of unity modulo [`Q`].
const ZETA: u64 = 1753;
/// The coefficients of a polynomial.
const COEFFICIENTS: usize = 256;
/// 2ᵈ: what the coefficients of t are divided by to have those of t1 and, as the rest, t0.
const DROPPED: u64 = 1 << 13;

type Polynomials = Zeroizing<Vec<u64>>;

/// An expanded private key (FIPS 204 algorithm 25), its coefficients modulo [`Q`].
pub(super) struct Parts<'a> {
    matrix_seed: &'a [u8],
    public_key_hash: &'a [u8],
    s1: Polynomials,
    s2: Polynomials,
    t0: Polynomials,
}

impl<'a> Parts<'a> {
    /// Takes it apart; nothing if its length or a coefficient is none of the parameter set.
    pub(super) fn read(set: MlDsa, expanded: &'a [u8]) -> Option<Self> {
        let (rows, columns, eta, bits) = match set {
            MlDsa::MlDsa44 => (4, 4, 2, 3),
            MlDsa::MlDsa65 => (6, 5, 4, 4),
            MlDsa::MlDsa87 => (8, 7, 2, 3),
        };
        let mut rest = expanded;
        let mut take = |octets: usize| {
            let (part, after) = rest.split_at_checked(octets)?;
            rest = after;
            Some(part)
        };
        let vector = |polynomials: usize, bits: u8| {
            polynomials.saturating_mul(usize::from(bits)).saturating_mul(COEFFICIENTS / 8)
        };
        let (matrix_seed, _, public_key_hash) = (take(32)?, take(32)?, take(64)?);
        let s1 = centred(take(vector(columns, bits))?, bits, eta)?;
        let s2 = centred(take(vector(rows, bits))?, bits, eta)?;
        let t0 = centred(take(vector(rows, 13))?, 13, DROPPED / 2)?;
        rest.is_empty().then_some(Self { matrix_seed, public_key_hash, s1, s2, t0 })
    }

    /// Whether it is the private half of `public`: the hash is that of `public`, and t1·2¹³ + t0 = A·s1 + s2 (FIPS 204
    /// algorithm 6), where t1 and A come from `public`.
    pub(super) fn belong_to(&self, public: &[u8]) -> bool {
        let mut hash = [0; 64];
        Shake256::default().chain(public).finalize_xof().read(&mut hash);
        let Some((matrix_seed, t1)) = public.split_at_checked(32) else { return false };
        let points = points();
        let s1: Vec<Polynomials> =
            self.s1.chunks(COEFFICIENTS).map(|polynomial| transform(polynomial, &points)).collect();
        let t1 = unpack(t1, 10);
        let rows =
            self.s2.chunks(COEFFICIENTS).zip(self.t0.chunks(COEFFICIENTS)).zip(t1.chunks(COEFFICIENTS));
        let mut differences = (0_u8..).zip(rows).flat_map(|(row, ((s2, t0), t1))| {
            let mut sum = transform(&difference(s2, t0, t1), &points);
            for (column, s1) in (0_u8..).zip(&s1) {
                let factors = entry(matrix_seed, row, column);
                for (sum, (factor, s1)) in sum.iter_mut().zip(factors.iter().zip(s1.iter())) {
                    *sum = factor.wrapping_mul(*s1).wrapping_add(*sum) % Q;
                }
            }
            sum.to_vec()
        });
        matrix_seed == self.matrix_seed
            && bool::from(hash.ct_eq(self.public_key_hash))
            && differences.all(|difference| difference == 0)
    }
}

/// Unpacks coefficients from -`most` + 1 or -`most` to `most` (FIPS 204 algorithm 19).
fn centred(octets: &[u8], bits: u8, most: u64) -> Option<Polynomials> {
    let mut coefficients = unpack(octets, bits);
    let largest = coefficients.iter().fold(0, |largest, own| u64::max(largest, *own));
    for coefficient in coefficients.iter_mut() {
        *coefficient = Q.wrapping_add(most).wrapping_sub(*coefficient) % Q;
    }
    (largest <= most.saturating_mul(2)).then_some(coefficients)
}

/// Unpacks numbers of as many bits, the least bit first.
fn unpack(octets: &[u8], bits: u8) -> Polynomials {
    let mask = !u128::MAX.wrapping_shl(bits.into());
    let mut numbers = Zeroizing::new(Vec::with_capacity(octets.len().saturating_mul(3)));
    for eight in octets.chunks_exact(bits.into()) {
        let mut packed =
            eight.iter().rev().fold(0, |packed: u128, own| packed.wrapping_shl(8) | u128::from(*own));
        for _ in 0..8 {
            numbers.push(u64::try_from(packed & mask).unwrap_or_default());
            packed = packed.wrapping_shr(bits.into());
        }
    }
    numbers
}

/// s2 - t0 - t1·2¹³.
fn difference(s2: &[u64], t0: &[u64], t1: &[u64]) -> Polynomials {
    let each = s2.iter().zip(t0).zip(t1).map(|((s2, t0), t1)| {
        let high = t1.wrapping_mul(DROPPED) % Q;
        s2.wrapping_add(Q.wrapping_sub(*t0)).wrapping_add(Q.wrapping_sub(high)) % Q
    });
    Zeroizing::new(each.collect())
}

/// Where polynomials are evaluated, in the order of FIPS 204 section 7.5.
fn points() -> Vec<u64> {
    let power = |exponent: u16| (0..exponent).fold(1, |power: u64, _| power.wrapping_mul(ZETA) % Q);
    (0..=u8::MAX)
        .map(|index| power(u16::from(index.reverse_bits()).wrapping_mul(2).wrapping_add(1)))
        .collect()
}

/// The values at all points: the number-theoretic transform (FIPS 204 section 2.5) without its tricks.
fn transform(polynomial: &[u64], points: &[u64]) -> Polynomials {
    let value = |point: &u64| {
        polynomial.iter().rev().fold(0, |value: u64, own| value.wrapping_mul(*point).wrapping_add(*own) % Q)
    };
    let mut values = Zeroizing::new(Vec::with_capacity(points.len()));
    values.extend(points.iter().map(value));
    values
}

/// One entry of the matrix A, transformed (FIPS 204 algorithms 30 and 32).
fn entry(matrix_seed: &[u8], row: u8, column: u8) -> Vec<u64> {
    let mut reader = Shake128::default().chain(matrix_seed).chain([column, row]).finalize_xof();
    let numbers = core::iter::repeat_with(|| {
        let mut octets = [0; 4];
        if let Some(three) = octets.get_mut(..3) {
            reader.read(three);
        }
        u64::from(u32::from_le_bytes(octets) & 0x7f_ffff)
    });
    numbers.filter(|number| *number < Q).take(COEFFICIENTS).collect()
}
