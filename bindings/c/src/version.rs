/// The version of this interface: it changes when a program that was compiled against an older header
/// would misbehave. The shared library is named after it.
pub const SEALWRIGHT_ABI_VERSION: u32 = 1;
