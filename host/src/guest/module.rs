//! The module, compiled once, and the pool that its instances come from.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, OptLevel,
    PoolingAllocationConfig, Store, StoreLimits, StoreLimitsBuilder,
};

use super::Limits;
use super::instance::State;

/// The engine: `bindings/c` for wasm, put here by `build.rs`.
static MODULE: &[u8] = include_bytes!(env!("SEALWRIGHT_GUEST_MODULE"));
/// How often the epoch moves on; at each, the instances that run let others run, or end.
const TICK: Duration = Duration::from_millis(10);
/// How many of them the module has to tell its version.
const VERSION_TICKS: u64 = 1_000;
/// Memory that a slot keeps between requests, put back to its first content by hand: cheaper than page
/// faults, most of all where Linux (6.7) can tell which pages were written.
const KEPT_BYTES: usize = 2 << 20;
/// The same of its stack, on which keys work too; few requests take more.
const KEPT_STACK_BYTES: usize = 64 << 10;
/// Version of the ABI that this host speaks.
const ABI_VERSION: u32 = 1;

/// A compiled module with everything resolved before the first request.
pub(crate) struct Module {
    pub(super) engine: Engine,
    pub(super) prepared: InstancePre<State>,
    pub(super) limits: Limits,
}

impl Module {
    /// Compiles, or loads what was compiled before.
    pub(super) fn load(cache: Option<PathBuf>, limits: Limits) -> anyhow::Result<Self> {
        Self::compile(MODULE, cache, limits)
    }

    pub(super) fn compile(module: &[u8], cache: Option<PathBuf>, limits: Limits) -> anyhow::Result<Self> {
        let engine = Engine::new(&config(cache, &limits)?)
            .map_err(|error| anyhow!("{error:#}"))
            .context("cannot set up the sandbox")?;
        let module = wasmtime::Module::new(&engine, module)
            .map_err(|error| anyhow!("{error:#}"))
            .context("cannot compile the engine's module")?;
        // An empty linker: the module imports nothing, so there is nothing to give it.
        let prepared = Linker::new(&engine)
            .instantiate_pre(&module)
            .map_err(|error| anyhow!("{error:#}"))
            .context("the engine's module wants imports")?;
        start_ticker(&engine)?;
        check_version(&module, &engine)?;
        Ok(Self { engine, prepared, limits })
    }

    /// The limits of one instance.
    pub(super) fn store_limits(&self) -> StoreLimits {
        StoreLimitsBuilder::new()
            .memory_size(self.limits.memory_bytes)
            .memories(1)
            .instances(1)
            .tables(4)
            .trap_on_grow_failure(false)
            .build()
    }
}

fn check_version(module: &wasmtime::Module, engine: &Engine) -> anyhow::Result<()> {
    let mut store = Store::new(engine, ());
    store.set_epoch_deadline(VERSION_TICKS);
    let version = wasmtime::Instance::new(&mut store, module, &[])
        .and_then(|instance| instance.get_typed_func::<(), u32>(&mut store, "sealwright_abi_version"))
        .and_then(|version| version.call(&mut store, ()))
        .map_err(|error| anyhow!("{error:#}"))
        .context("the engine's module does not tell its version")?;
    ensure!(
        version == ABI_VERSION,
        "the engine's module speaks version {version} of the interface, wanted {ABI_VERSION}"
    );
    Ok(())
}

fn config(cache: Option<PathBuf>, limits: &Limits) -> anyhow::Result<Config> {
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)))
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true)
        // What a request leaves on its stack is gone before another one has that stack.
        .async_stack_zeroing(true)
        .wasm_simd(true)
        .wasm_wide_arithmetic(true);
    if let Some(directory) = cache {
        let mut settings = CacheConfig::new();
        settings.with_directory(directory);
        let cache = Cache::new(settings)
            .map_err(|error| anyhow!("{error:#}"))
            .context("cannot use the folder for compiled code")?;
        config.cache(Some(cache));
    }
    Ok(config)
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(limits.instances)
        .total_memories(limits.instances)
        .total_stacks(limits.instances)
        .async_stack_keep_resident(KEPT_STACK_BYTES)
        .total_tables(limits.instances * 4)
        .max_memories_per_module(1)
        .max_tables_per_module(4)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(KEPT_BYTES)
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(64 << 10);
    pool
}

/// Moves the epoch on for as long as the engine lives.
fn start_ticker(engine: &Engine) -> anyhow::Result<()> {
    let engine = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(tick)
        .context("cannot start the deadline thread")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiles_with(wide_arithmetic: bool, simd: bool) -> bool {
        let mut config = Config::new();
        config.wasm_wide_arithmetic(wide_arithmetic).wasm_simd(simd).wasm_relaxed_simd(simd);
        let engine = Engine::new(&config).unwrap();
        wasmtime::Module::validate(&engine, MODULE).is_ok()
    }

    #[test]
    fn a_module_of_another_version_is_refused() {
        let of_2 = r#"(module (func (export "sealwright_abi_version") (result i32) i32.const 2))"#;
        for (module, reason) in [(of_2, "version 2"), ("(module)", "does not tell its version")] {
            let module = &wat::parse_str(module).unwrap();
            let Err(error) = Module::compile(module, None, Limits::default()) else { panic!("no error") };
            assert!(format!("{error:#}").contains(reason), "{error:#}");
        }
    }

    #[test]
    fn module_uses_wide_arithmetic_and_simd() {
        assert!(compiles_with(true, true));
        assert!(!compiles_with(false, true), "the module was built without wide arithmetic");
        assert!(!compiles_with(true, false), "the module was built without simd128");
    }

    #[test]
    fn module_imports_nothing() {
        let mut config = Config::new();
        config.wasm_wide_arithmetic(true);
        let engine = Engine::new(&config).unwrap();
        let module = wasmtime::Module::new(&engine, MODULE).unwrap();
        assert_eq!(module.imports().len(), 0);
    }
}
