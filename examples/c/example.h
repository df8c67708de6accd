/* What the examples have in common. They are C99 and C++17. */

#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <sealwright.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline sealwright_engine *open_engine(void) {
  sealwright_engine *engine = sealwright_engine_new();
  if (sealwright_abi_version() != SEALWRIGHT_ABI_VERSION) {
    fprintf(stderr, "libsealwright is of another version than sealwright.h\n");
    exit(1);
  }
  return engine;
}

/* 32 bytes of randomness: the engine has none of its own. */
static inline void set_seed(sealwright_request *request) {
  uint8_t seed[32];
  FILE *random = fopen("/dev/urandom", "rb");
  if (random != NULL) setvbuf(random, NULL, _IONBF, 0);
  if (random == NULL || fread(seed, 1, sizeof seed, random) != sizeof seed) {
    fprintf(stderr, "no randomness: /dev/urandom cannot be read\n");
    exit(1);
  }
  fclose(random);
  sealwright_request_set_bytes(request, "seed", seed, sizeof seed);
}

/* Ends the program with the name of what a function returned: an error, or that a key is asked for. */
static inline void fail(const char *doing, uint32_t status) {
  const char *name = sealwright_error_name(status);
  fprintf(stderr, "%s: %s (%u)\n", doing, name == NULL ? "nobody has the key" : name, (unsigned)status);
  exit(1);
}

/* The same with what an error response says beside. */
static inline void fail_with(const sealwright_response *response) {
  const char *detail = sealwright_response_text(response, "detail", NULL);
  const char *at = sealwright_response_text(response, "at", NULL);
  fprintf(stderr, "%s%s%s\n", detail == NULL ? "" : detail, at == NULL ? "" : ", at ", at == NULL ? "" : at);
  fail("the request", sealwright_response_status(response));
}

#endif
