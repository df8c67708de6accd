/* No block that the library frees holds a part of a private key: this program looks into each before it is gone. */

#define _GNU_SOURCE
#include <malloc.h>
#include <sealwright.h>
#include <string.h>

#include "check.h"

/* As long as no chance puts it somewhere. */
#define PART 24

extern void __libc_free(void *pointer);
extern void *__libc_realloc(void *pointer, size_t size);

static char secret[PART + 1];
/* Compilers take it that to free something changes nothing else. */
static volatile int found, looks;

static void look(const void *pointer) {
  if (pointer == NULL || secret[0] == '\0') return;
  looks++;
  if (memmem(pointer, malloc_usable_size((void *)pointer), secret, PART) != NULL) found++;
}

void free(void *pointer) {
  look(pointer);
  __libc_free(pointer);
}

/* What is moved leaves its old place as it was. */
void *realloc(void *pointer, size_t size) {
  look(pointer);
  return __libc_realloc(pointer, size);
}

static sealwright_response *generate(const sealwright_engine *engine) {
  sealwright_request *request = sealwright_request_new("generate_key");
  sealwright_response *response;
  uint8_t seed[32] = {9};
  sealwright_request_set_text(request, "algorithm", "p256", SEALWRIGHT_TO_NUL);
  sealwright_request_set_bytes(request, "seed", seed, sizeof seed);
  CHECK(sealwright_perform(engine, request, NULL, NULL, &response) == SEALWRIGHT_OK);
  sealwright_request_free(request);
  return response;
}

static void encrypt(const sealwright_engine *engine, const char *pem) {
  sealwright_request *request = sealwright_request_new("encrypt_private_key");
  sealwright_response *response;
  const uint8_t seed[32] = {1};
  char json[1024] = "\"", *end = json + 1;
  for (; *pem != '\0'; pem++) {
    if (*pem == '\n') *end++ = '\\', *end++ = 'n';
    else *end++ = *pem;
  }
  *end++ = '"';
  CHECK(sealwright_request_set_json(request, "private_key", json, (size_t)(end - json)) == SEALWRIGHT_OK);
  sealwright_request_set_text(request, "password", "long enough", SEALWRIGHT_TO_NUL);
  sealwright_request_set_integer(request, "iterations", 10);
  sealwright_request_set_bytes(request, "seed", seed, sizeof seed);
  CHECK(sealwright_perform(engine, request, NULL, NULL, &response) == SEALWRIGHT_OK);
  sealwright_response_free(response);
  sealwright_request_free(request);
}

int main(void) {
  sealwright_engine *engine = sealwright_engine_new();
  sealwright_response *response = generate(engine);
  size_t len;
  char *volatile copy;
  const char *pem = sealwright_response_text(response, "private_key", &len);
  /* It is in the second line of its base64. */
  memcpy(secret, strchr(strchr(pem, '\n') + 1, '\n') + 1, PART);
  CHECK(strchr(secret, '\n') == NULL);
  sealwright_response_free(generate(engine));
  encrypt(engine, pem);
  CHECK(sealwright_engine_import_key(engine, (const uint8_t *)"k", 1, (const uint8_t *)pem, len, NULL) == SEALWRIGHT_OK);
  sealwright_response_free(response);
  sealwright_engine_free(engine);
  CHECK(found == 0 && looks > 100);
  /* The look itself: what this program frees, it does not wipe. */
  copy = strdup(secret);
  free(copy);
  CHECK(found == 1);
  return 0;
}
