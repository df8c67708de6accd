package sealwright

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"
)

const (
	memoryBytes = 256 << 20
	huge        = 100_000_000
	// Beyond any memory of these instances.
	far = 0xffff0000
)

var profiles = []byte(`{"op":"profiles"}`)

// Numbers of error codes, as docs/reference.md has them.
const (
	requestMalformed = 1001
	requestTooLarge  = 1002
	operationUnknown = 1003
	argumentInvalid  = 1005
)

func load(t *testing.T, memoryBytes uint32) *Module {
	t.Helper()
	path := os.Getenv("SEALWRIGHT_WASM")
	if path == "" {
		t.Skip("SEALWRIGHT_WASM does not say where the module is")
	}
	wasm, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	module, err := Load(t.Context(), wasm, memoryBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { module.Close(context.Background()) })
	return module
}

func newInstance(t *testing.T, module *Module) *Instance {
	t.Helper()
	instance, err := module.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return instance
}

func put(t *testing.T, instance *Instance, bytes []byte) span {
	t.Helper()
	part, err := instance.put(t.Context(), bytes)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func isWell(t *testing.T, instance *Instance) {
	t.Helper()
	response, err := instance.Call(t.Context(), profiles)
	if err != nil || response.Status != 0 || !json.Valid(response.Body) {
		t.Fatal(response.Status, err)
	}
}

func TestNullAndCrookedPointersAreTold(t *testing.T) {
	instance := newInstance(t, load(t, memoryBytes))
	engine, request, out := instance.engine, put(t, instance, profiles), put(t, instance, make([]byte, bufferSize))
	for name, arguments := range map[string][]uint32{
		"no engine":                    {0, request.address, request.length, out.address},
		"a crooked engine":             {engine + 1, request.address, request.length, out.address},
		"no request":                   {engine, 0, request.length, out.address},
		"more than half of all memory": {engine, request.address, 0xffffffff, out.address},
		"no buffer":                    {engine, request.address, request.length, 0},
		"a crooked buffer":             {engine, request.address, request.length, out.address + 1},
	} {
		status, err := instance.run(t.Context(), "sealwright_call", arguments...)
		if err != nil || status != argumentInvalid {
			t.Error(name, status, err)
		}
	}
	for range 2 {
		if _, err := instance.run(t.Context(), "sealwright_buffer_free", out.address); err != nil {
			t.Error(err)
		}
	}
	for _, length := range []uint32{0, 0xffffffff} {
		if address, err := instance.run(t.Context(), "sealwright_alloc", length); err != nil || address != 0 {
			t.Error(length, address, err)
		}
	}
	isWell(t, instance)
}

func TestAddressesBeyondTheMemoryTrap(t *testing.T) {
	module := load(t, memoryBytes)
	for name, call := range map[string]func(instance *Instance, request, out span) (uint32, error){
		"request": func(instance *Instance, request, out span) (uint32, error) {
			return instance.run(t.Context(), "sealwright_call", instance.engine, far, request.length, out.address)
		},
		"buffer": func(instance *Instance, request, out span) (uint32, error) {
			return instance.run(t.Context(), "sealwright_call", instance.engine, request.address, request.length, far)
		},
		"dealloc": func(instance *Instance, request, out span) (uint32, error) {
			return instance.run(t.Context(), "sealwright_dealloc", far, request.length)
		},
		"buffer_free": func(instance *Instance, request, out span) (uint32, error) {
			return instance.run(t.Context(), "sealwright_buffer_free", far)
		},
	} {
		instance := newInstance(t, module)
		request, out := put(t, instance, profiles), put(t, instance, make([]byte, bufferSize))
		if _, err := call(instance, request, out); err == nil {
			t.Error(name)
		}
		if _, err := instance.Call(t.Context(), profiles); err == nil {
			t.Error(name, "an instance that has trapped answers")
		}
	}
	isWell(t, newInstance(t, module))
}

// What the header forbids may do anything to the instance, and nothing to anybody else.
func TestUseAfterFreeStaysInTheInstance(t *testing.T) {
	module := load(t, memoryBytes)
	other, instance := newInstance(t, module), newInstance(t, module)
	engine, request, out := instance.engine, put(t, instance, profiles), put(t, instance, make([]byte, bufferSize))
	instance.run(t.Context(), "sealwright_engine_free", engine)
	instance.run(t.Context(), "sealwright_dealloc", request.address, request.length)
	instance.run(t.Context(), "sealwright_call", engine, request.address, request.length, out.address)
	instance.run(t.Context(), "sealwright_call", out.address, request.address, request.length, out.address)
	for range 2 {
		instance.run(t.Context(), "sealwright_engine_free", engine)
		instance.run(t.Context(), "sealwright_dealloc", out.address, out.length)
	}
	isWell(t, other)
	isWell(t, newInstance(t, module))
}

func TestOddAndHugeRequestsAreTold(t *testing.T) {
	instance := newInstance(t, load(t, memoryBytes))
	for _, odd := range []struct {
		request []byte
		status  uint32
	}{
		{nil, requestMalformed},
		{bytes.Repeat([]byte{0xff}, 1000), requestMalformed},
		{bytes.Repeat([]byte("["), 1_000_000), requestMalformed},
		{append(profiles, 0), requestMalformed},
		{[]byte(`{"op":"no"}`), operationUnknown},
		{make([]byte, huge), requestTooLarge},
	} {
		response, err := instance.Call(t.Context(), odd.request)
		if err != nil || response.Status != odd.status {
			t.Error(len(odd.request), response.Status, err)
		}
	}
	isWell(t, instance)
	instance = newInstance(t, load(t, huge/2))
	if _, err := instance.Call(t.Context(), make([]byte, huge)); err == nil {
		t.Error("there is memory beyond the limit")
	}
	isWell(t, instance)
}

func TestNoKeyIsLeftBehind(t *testing.T) {
	module := load(t, memoryBytes)
	instance := newInstance(t, module)
	key := []byte("-----BEGIN PRIVATE KEY-----")
	put(t, instance, key)
	memory, _ := instance.module.Memory().Read(0, instance.module.Memory().Size())
	if !bytes.Contains(memory, key) {
		t.Error("the key is not there")
	}
	// The memory grows where it is.
	put(t, instance, make([]byte, 16<<20))
	if err := instance.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if bytes.Contains(memory, key) {
		t.Error("the key is still there")
	}
}

func TestCallsEndWithTheirContext(t *testing.T) {
	module := load(t, memoryBytes)
	instance := newInstance(t, module)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	request := `{"op":"generate_key","algorithm":"rsa-4096","seed":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}`
	start := time.Now()
	if response, err := instance.Call(ctx, []byte(request)); err == nil {
		t.Error("found an answer:", response.Status)
	}
	if elapsed := time.Since(start); elapsed > time.Second {
		t.Error("after", elapsed)
	}
	isWell(t, newInstance(t, module))
	if err := instance.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
