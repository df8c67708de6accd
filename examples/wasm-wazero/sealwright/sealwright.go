// Package sealwright has the module sealwright.wasm in wazero: memory, calls and traps, as docs/module.md
// describes them.
package sealwright

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The version of the interface that this package was written for.
const abiVersion = 1

// Bytes of a buffer in the module's memory: address and length of a response, two little-endian u32.
const bufferSize = 8

const pageSize = 65536

// Module is the compiled module; goroutines may share it.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// Response is what the engine answered.
type Response struct {
	// Status is 0, 1 where a key is needed that is held elsewhere, or the number of an error code.
	Status uint32
	// Body is JSON.
	Body []byte
}

// Load compiles the module. No instance gets more memory than memoryBytes, which is reserved at once: memory that grows is
// moved, and what was left in the old place nobody could wipe. A call ends with its context.
func Load(ctx context.Context, wasm []byte, memoryBytes uint32) (*Module, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(memoryBytes / pageSize).WithMemoryCapacityFromMax(true).
		WithCloseOnContextDone(true)
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	compiled, err := runtime.CompileModule(ctx, wasm)
	if err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	return &Module{runtime, compiled}, nil
}

// Close frees the module and all its instances.
func (m *Module) Close(ctx context.Context) error {
	return m.runtime.Close(ctx)
}

// Instance makes an instance with an engine that holds no key.
func (m *Module) Instance(ctx context.Context) (*Instance, error) {
	module, err := m.runtime.InstantiateModule(ctx, m.compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, err
	}
	instance := &Instance{module: module}
	version, err := instance.run(ctx, "sealwright_abi_version")
	if err == nil && version != abiVersion {
		err = fmt.Errorf("found version %d of the interface, wanted %d", version, abiVersion)
	}
	if err == nil {
		instance.engine, err = instance.run(ctx, "sealwright_engine_new")
	}
	if err == nil && instance.engine == 0 {
		err = errors.New("no memory for an engine")
	}
	if err != nil {
		return nil, errors.Join(err, module.Close(ctx))
	}
	return instance, nil
}

// Instance is an instance of the module with one engine in it. One goroutine at a time may use it.
type Instance struct {
	module  api.Module
	engine  uint32
	trapped bool
}

// Close frees the instance. Keys that were lent are in its memory, and the runtime does not wipe what it gives back.
func (i *Instance) Close(ctx context.Context) error {
	if memory, isThere := i.module.Memory().Read(0, i.module.Memory().Size()); isThere {
		clear(memory)
	}
	return i.module.Close(ctx)
}

// ImportKey lends the engine a private key (PKCS#8, PEM), which requests name by id.
func (i *Instance) ImportKey(ctx context.Context, id string, pem []byte) (Response, error) {
	return i.answer(ctx, "sealwright_engine_import_key", []byte(id), pem)
}

// Call answers one request.
func (i *Instance) Call(ctx context.Context, request []byte) (Response, error) {
	return i.answer(ctx, "sealwright_call", request)
}

// span is a piece of the module's memory.
type span struct{ address, length uint32 }

// answer calls an export that takes the engine, byte strings, and a buffer for the response.
func (i *Instance) answer(ctx context.Context, name string, inputs ...[]byte) (Response, error) {
	arguments := []uint32{i.engine}
	var given []span
	for _, input := range append(inputs, make([]byte, bufferSize)) {
		part, err := i.put(ctx, input)
		if err != nil {
			return Response{}, err
		}
		given = append(given, part)
		arguments = append(arguments, part.address, part.length)
	}
	out := given[len(given)-1]
	// The length of a buffer is known and is no argument.
	status, err := i.run(ctx, name, arguments[:len(arguments)-1]...)
	if err != nil {
		return Response{}, err
	}
	body, err := i.take(ctx, out)
	for _, part := range given {
		if !i.trapped {
			_, freed := i.run(ctx, "sealwright_dealloc", part.address, part.length)
			err = errors.Join(err, freed)
		}
	}
	return Response{status, body}, err
}

// put copies bytes into the module.
func (i *Instance) put(ctx context.Context, bytes []byte) (span, error) {
	if uint64(len(bytes)) > math.MaxUint32 {
		return span{}, fmt.Errorf("%d bytes are more than the module can address", len(bytes))
	}
	length := uint32(len(bytes))
	address, err := i.run(ctx, "sealwright_alloc", length)
	if err != nil {
		return span{}, err
	}
	if address == 0 && length > 0 || !i.module.Memory().Write(address, bytes) {
		return span{}, fmt.Errorf("no memory for %d bytes", length)
	}
	return span{address, length}, nil
}

// take copies a response out of the module, and gives its bytes back there.
func (i *Instance) take(ctx context.Context, out span) ([]byte, error) {
	fields, isThere := i.module.Memory().Read(out.address, out.length)
	if !isThere {
		return nil, errors.New("a buffer beyond the memory")
	}
	address, length := binary.LittleEndian.Uint32(fields), binary.LittleEndian.Uint32(fields[4:])
	view, isThere := i.module.Memory().Read(address, length)
	if !isThere {
		return nil, errors.New("a response beyond the memory")
	}
	if length == 0 {
		return nil, errors.New("no memory for a response")
	}
	// The view is of the module's memory, which the next call may change.
	body := append([]byte(nil), view...)
	_, err := i.run(ctx, "sealwright_buffer_free", out.address)
	return body, err
}

// run calls an export. After a trap nothing in the instance can be relied on any more.
func (i *Instance) run(ctx context.Context, name string, arguments ...uint32) (uint32, error) {
	if i.trapped {
		return 0, errors.New("the instance has trapped: make another one")
	}
	function := i.module.ExportedFunction(name)
	if function == nil {
		return 0, fmt.Errorf("the module does not export %s", name)
	}
	var values []uint64
	for _, argument := range arguments {
		values = append(values, api.EncodeU32(argument))
	}
	results, err := function.Call(ctx, values...)
	if err != nil {
		i.trapped = true
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return api.DecodeU32(results[0]), nil
}
