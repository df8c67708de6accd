//! Rates and percentiles.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Events a second.
pub(crate) fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// How often a second something is done, once it was done before.
pub(crate) fn repeated(duration: Duration, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    work()?;
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < duration {
        work()?;
        count += 1;
    }
    Ok(rate(count, start.elapsed()))
}

/// The smallest duration that at least `percent` of all are not above.
pub(crate) fn percentile(durations: &mut [Duration], percent: usize) -> Duration {
    durations.sort_unstable();
    let rank = (durations.len() * percent).div_ceil(100);
    durations.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Milliseconds with a fraction.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Microseconds with a fraction.
pub(crate) fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::percentile;
    use std::time::Duration;

    #[test]
    fn nearest_rank() {
        let mut durations = (1..=200).rev().map(Duration::from_millis).collect::<Vec<_>>();
        assert_eq!(percentile(&mut durations, 50), Duration::from_millis(100));
        assert_eq!(percentile(&mut durations, 99), Duration::from_millis(198));
        assert_eq!(percentile(&mut [], 99), Duration::ZERO);
    }
}
