/* Version 1 of the interface as programs were compiled against it. A header that has something otherwise does not compile
 * here, and a library without one of the functions is not linked. What is added is added here; to change or take away
 * a line wants another SEALWRIGHT_ABI_VERSION. */

#include <sealwright.h>

#include "check.h"

uint32_t sealwright_abi_version(void);
sealwright_engine *sealwright_engine_new(void);
void sealwright_engine_free(sealwright_engine *engine);
uint32_t sealwright_engine_import_key(sealwright_engine *engine, const uint8_t *id, size_t id_len,
                                      const uint8_t *pem, size_t pem_len, sealwright_buffer *out);
uint32_t sealwright_call(const sealwright_engine *engine, const uint8_t *request, size_t request_len,
                         sealwright_buffer *out);
const char *sealwright_error_name(uint32_t code);
uint8_t *sealwright_alloc(size_t len);
void sealwright_dealloc(uint8_t *data, size_t len);
void sealwright_buffer_free(sealwright_buffer *buffer);
uint32_t sealwright_perform(const sealwright_engine *engine, const sealwright_request *request,
                            sealwright_key_callback callback, void *context, sealwright_response **out);
sealwright_request *sealwright_request_new(const char *operation);
void sealwright_request_free(sealwright_request *request);
uint32_t sealwright_request_set_text(sealwright_request *request, const char *field, const char *value,
                                     size_t len);
uint32_t sealwright_request_set_bytes(sealwright_request *request, const char *field, const uint8_t *value,
                                      size_t len);
uint32_t sealwright_request_set_integer(sealwright_request *request, const char *field, int64_t value);
uint32_t sealwright_request_set_boolean(sealwright_request *request, const char *field, int value);
uint32_t sealwright_request_set_json(sealwright_request *request, const char *field, const char *value,
                                     size_t len);
void sealwright_response_free(sealwright_response *response);
uint32_t sealwright_response_status(const sealwright_response *response);
sealwright_kind sealwright_response_kind(const sealwright_response *response, const char *field);
const char *sealwright_response_text(const sealwright_response *response, const char *field, size_t *len);
uint32_t sealwright_response_bytes(const sealwright_response *response, const char *field,
                                   sealwright_buffer *out);
uint32_t sealwright_response_json(const sealwright_response *response, const char *field,
                                  sealwright_buffer *out);
uint32_t sealwright_response_integer(const sealwright_response *response, const char *field, int64_t *out);
uint32_t sealwright_response_number(const sealwright_response *response, const char *field, double *out);
uint32_t sealwright_response_boolean(const sealwright_response *response, const char *field, int *out);
size_t sealwright_response_count(const sealwright_response *response, const char *field);
const char *sealwright_response_name(const sealwright_response *response, const char *field, size_t index,
                                     size_t *len);

/* The sizes and places are those of pointers and lengths, which take as much. */
#define HOLDS(name, condition) typedef char name[(condition) ? 1 : -1]
#define PLACE(kind, field, index) HOLDS(kind##_##field, offsetof(kind, field) == (index) * sizeof(void *))

HOLDS(pointers, sizeof(size_t) == sizeof(void *));
HOLDS(buffer, sizeof(sealwright_buffer) == 2 * sizeof(void *));
PLACE(sealwright_buffer, data, 0);
PLACE(sealwright_buffer, len, 1);
HOLDS(question, sizeof(sealwright_question) == 6 * sizeof(void *));
PLACE(sealwright_question, operation, 0);
PLACE(sealwright_question, key, 1);
PLACE(sealwright_question, key_len, 2);
PLACE(sealwright_question, scheme, 3);
PLACE(sealwright_question, input, 4);
PLACE(sealwright_question, input_len, 5);
HOLDS(kind, sizeof(sealwright_kind) == 4 && SEALWRIGHT_KIND_ABSENT == 0 && SEALWRIGHT_KIND_NULL == 1 &&
                SEALWRIGHT_KIND_BOOLEAN == 2 && SEALWRIGHT_KIND_NUMBER == 3 && SEALWRIGHT_KIND_TEXT == 4 &&
                SEALWRIGHT_KIND_LIST == 5 && SEALWRIGHT_KIND_OBJECT == 6);
HOLDS(constants, SEALWRIGHT_TO_NUL == SIZE_MAX && SEALWRIGHT_OK == 0 && SEALWRIGHT_NEEDS == 1 &&
                     SEALWRIGHT_ANSWERED == 0 && SEALWRIGHT_PADDING_WRONG == 1 && SEALWRIGHT_MAX_ANSWER == 8192);

static int callback(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  return context == NULL && question == NULL && answer == NULL && answer_len == NULL;
}

int main(void) {
  const sealwright_key_callback own = callback;
  void (*const functions[])(void) = {
      (void (*)(void))sealwright_abi_version,
      (void (*)(void))sealwright_engine_new,
      (void (*)(void))sealwright_engine_free,
      (void (*)(void))sealwright_engine_import_key,
      (void (*)(void))sealwright_call,
      (void (*)(void))sealwright_error_name,
      (void (*)(void))sealwright_alloc,
      (void (*)(void))sealwright_dealloc,
      (void (*)(void))sealwright_buffer_free,
      (void (*)(void))sealwright_perform,
      (void (*)(void))sealwright_request_new,
      (void (*)(void))sealwright_request_free,
      (void (*)(void))sealwright_request_set_text,
      (void (*)(void))sealwright_request_set_bytes,
      (void (*)(void))sealwright_request_set_integer,
      (void (*)(void))sealwright_request_set_boolean,
      (void (*)(void))sealwright_request_set_json,
      (void (*)(void))sealwright_response_free,
      (void (*)(void))sealwright_response_status,
      (void (*)(void))sealwright_response_kind,
      (void (*)(void))sealwright_response_text,
      (void (*)(void))sealwright_response_bytes,
      (void (*)(void))sealwright_response_json,
      (void (*)(void))sealwright_response_integer,
      (void (*)(void))sealwright_response_number,
      (void (*)(void))sealwright_response_boolean,
      (void (*)(void))sealwright_response_count,
      (void (*)(void))sealwright_response_name,
  };
  size_t index;
  for (index = 0; index < sizeof functions / sizeof *functions; index++) CHECK(functions[index] != NULL);
  CHECK(own != NULL && sealwright_abi_version() == 1);
  return 0;
}
