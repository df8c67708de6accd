module sealwright.example/go-door

go 1.25.0

require sealwright.example/wasm-wazero v0.0.0

replace sealwright.example/wasm-wazero => ../../../examples/wasm-wazero
