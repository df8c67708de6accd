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
uint32_t sealwright_call_with_callback(const sealwright_engine *engine, const uint8_t *request,
                                       size_t request_len, sealwright_key_callback callback, void *context,
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

#define NUMBER(code, number) HOLDS(code##_is, code == (number))

NUMBER(SEALWRIGHT_ERROR_REQUEST_MALFORMED, 1001);
NUMBER(SEALWRIGHT_ERROR_REQUEST_TOO_LARGE, 1002);
NUMBER(SEALWRIGHT_ERROR_OPERATION_UNKNOWN, 1003);
NUMBER(SEALWRIGHT_ERROR_FIELD_INVALID, 1004);
NUMBER(SEALWRIGHT_ERROR_ARGUMENT_INVALID, 1005);
NUMBER(SEALWRIGHT_ERROR_PEM_MALFORMED, 1101);
NUMBER(SEALWRIGHT_ERROR_NAME_MALFORMED, 1102);
NUMBER(SEALWRIGHT_ERROR_ALTERNATIVE_NAME_MALFORMED, 1103);
NUMBER(SEALWRIGHT_ERROR_OBJECT_UNKNOWN, 1104);
NUMBER(SEALWRIGHT_ERROR_KEY_UNKNOWN, 1201);
NUMBER(SEALWRIGHT_ERROR_KEY_MALFORMED, 1202);
NUMBER(SEALWRIGHT_ERROR_KEY_UNSUPPORTED, 1203);
NUMBER(SEALWRIGHT_ERROR_KEY_MISMATCH, 1204);
NUMBER(SEALWRIGHT_ERROR_KEY_ANSWER_INVALID, 1205);
NUMBER(SEALWRIGHT_ERROR_KEY_ANSWER_UNEXPECTED, 1206);
NUMBER(SEALWRIGHT_ERROR_KEY_UNFIT, 1207);
NUMBER(SEALWRIGHT_ERROR_KEY_PASSWORD_MISSING, 1208);
NUMBER(SEALWRIGHT_ERROR_KEY_PASSWORD_WRONG, 1209);
NUMBER(SEALWRIGHT_ERROR_KEY_TOO_SMALL, 1210);
NUMBER(SEALWRIGHT_ERROR_KEY_ENCRYPTION_REFUSED, 1211);
NUMBER(SEALWRIGHT_ERROR_KEY_DERIVATION_TOO_COSTLY, 1212);
NUMBER(SEALWRIGHT_ERROR_PRIVATE_KEY_ABSENT, 1213);
NUMBER(SEALWRIGHT_ERROR_CSR_MALFORMED, 2001);
NUMBER(SEALWRIGHT_ERROR_CSR_SIGNATURE_INVALID, 2002);
NUMBER(SEALWRIGHT_ERROR_PROFILE_UNKNOWN, 2101);
NUMBER(SEALWRIGHT_ERROR_PROFILE_KEY_REFUSED, 2102);
NUMBER(SEALWRIGHT_ERROR_PROFILE_SUBJECT_REFUSED, 2103);
NUMBER(SEALWRIGHT_ERROR_PROFILE_ALTERNATIVE_NAME_REFUSED, 2104);
NUMBER(SEALWRIGHT_ERROR_PROFILE_VALIDITY_REFUSED, 2105);
NUMBER(SEALWRIGHT_ERROR_CERTIFICATE_MALFORMED, 3001);
NUMBER(SEALWRIGHT_ERROR_SIGNATURE_ALGORITHM_REFUSED, 3002);
NUMBER(SEALWRIGHT_ERROR_SIGNATURE_INVALID, 3003);
NUMBER(SEALWRIGHT_ERROR_AUTHORITY_INVALID, 3101);
NUMBER(SEALWRIGHT_ERROR_AUTHORITY_OUTSIDE_VALIDITY, 3102);
NUMBER(SEALWRIGHT_ERROR_AUTHORITY_PATH_LENGTH_EXCEEDED, 3103);
NUMBER(SEALWRIGHT_ERROR_GENERATION_UNKNOWN, 3104);
NUMBER(SEALWRIGHT_ERROR_GENERATION_REFUSED, 3105);
NUMBER(SEALWRIGHT_ERROR_RENEWAL_WAITING, 3106);
NUMBER(SEALWRIGHT_ERROR_RENEWAL_REFUSED, 3107);
NUMBER(SEALWRIGHT_ERROR_HELPER_REFUSED, 3108);
NUMBER(SEALWRIGHT_ERROR_CRL_ENTRY_INVALID, 3201);
NUMBER(SEALWRIGHT_ERROR_CRL_ENTRY_REPEATED, 3202);
NUMBER(SEALWRIGHT_ERROR_CRL_SIGNER_UNFIT, 3203);
NUMBER(SEALWRIGHT_ERROR_CRL_SCOPE_INVALID, 3204);
NUMBER(SEALWRIGHT_ERROR_CRL_MALFORMED, 3205);
NUMBER(SEALWRIGHT_ERROR_OCSP_REQUEST_MALFORMED, 3301);
NUMBER(SEALWRIGHT_ERROR_OCSP_CERT_ID_MALFORMED, 3302);
NUMBER(SEALWRIGHT_ERROR_OCSP_CERT_ID_FOREIGN, 3303);
NUMBER(SEALWRIGHT_ERROR_OCSP_RESPONDER_UNFIT, 3304);
NUMBER(SEALWRIGHT_ERROR_OCSP_RESPONSE_MALFORMED, 3305);
NUMBER(SEALWRIGHT_ERROR_PATH_ANCHOR_INVALID, 3401);
NUMBER(SEALWRIGHT_ERROR_PATH_NOT_FOUND, 3402);
NUMBER(SEALWRIGHT_ERROR_PATH_BUDGET_EXHAUSTED, 3403);
NUMBER(SEALWRIGHT_ERROR_PATH_SIGNATURE_INVALID, 3404);
NUMBER(SEALWRIGHT_ERROR_PATH_ALGORITHM_REFUSED, 3405);
NUMBER(SEALWRIGHT_ERROR_PATH_KEY_TOO_WEAK, 3406);
NUMBER(SEALWRIGHT_ERROR_PATH_CERTIFICATE_INVALID, 3407);
NUMBER(SEALWRIGHT_ERROR_PATH_CRITICAL_EXTENSION_UNKNOWN, 3408);
NUMBER(SEALWRIGHT_ERROR_PATH_ISSUER_UNFIT, 3409);
NUMBER(SEALWRIGHT_ERROR_PATH_LENGTH_EXCEEDED, 3410);
NUMBER(SEALWRIGHT_ERROR_PATH_CERTIFICATE_NOT_YET_VALID, 3411);
NUMBER(SEALWRIGHT_ERROR_PATH_CERTIFICATE_EXPIRED, 3412);
NUMBER(SEALWRIGHT_ERROR_PATH_NAME_CONSTRAINT_VIOLATED, 3413);
NUMBER(SEALWRIGHT_ERROR_PATH_POLICY_INVALID, 3414);
NUMBER(SEALWRIGHT_ERROR_PATH_PURPOSE_REFUSED, 3415);
NUMBER(SEALWRIGHT_ERROR_PATH_REVOKED, 3416);
NUMBER(SEALWRIGHT_ERROR_PATH_REVOCATION_UNKNOWN, 3417);
NUMBER(SEALWRIGHT_ERROR_PATH_IDENTITY_MISMATCH, 3418);
NUMBER(SEALWRIGHT_ERROR_CMS_MALFORMED, 4001);
NUMBER(SEALWRIGHT_ERROR_CMS_SIGNER_UNKNOWN, 4002);
NUMBER(SEALWRIGHT_ERROR_CMS_DIGEST_MISMATCH, 4003);
NUMBER(SEALWRIGHT_ERROR_CMS_CIPHER_REFUSED, 4101);
NUMBER(SEALWRIGHT_ERROR_CMS_KEY_TRANSPORT_REFUSED, 4102);
NUMBER(SEALWRIGHT_ERROR_SCEP_MESSAGE_UNREADABLE, 5001);
NUMBER(SEALWRIGHT_ERROR_SCEP_ATTRIBUTE_INVALID, 5002);
NUMBER(SEALWRIGHT_ERROR_SCEP_MESSAGE_TYPE_REFUSED, 5003);
NUMBER(SEALWRIGHT_ERROR_SCEP_RECIPIENT_UNKNOWN, 5004);
NUMBER(SEALWRIGHT_ERROR_SCEP_SIGNER_UNFIT, 5005);
NUMBER(SEALWRIGHT_ERROR_SCEP_REPLY_MISMATCH, 5101);
NUMBER(SEALWRIGHT_ERROR_SCEP_REPLY_CERTIFICATE_INVALID, 5102);
NUMBER(SEALWRIGHT_ERROR_SCEP_REPLY_CRL_INVALID, 5103);
NUMBER(SEALWRIGHT_ERROR_PKCS12_MALFORMED, 6001);
NUMBER(SEALWRIGHT_ERROR_KEYSTORE_PASSWORD_WRONG, 6002);
NUMBER(SEALWRIGHT_ERROR_KEYSTORE_PASSWORD_MISSING, 6003);
NUMBER(SEALWRIGHT_ERROR_KEYSTORE_PROTECTION_REFUSED, 6004);
NUMBER(SEALWRIGHT_ERROR_JKS_MALFORMED, 6005);
NUMBER(SEALWRIGHT_ERROR_KEYSTORE_KIND_MISMATCH, 6006);
NUMBER(SEALWRIGHT_ERROR_BACKUP_INVALID, 6007);
NUMBER(SEALWRIGHT_ERROR_JWT_MALFORMED, 7001);
NUMBER(SEALWRIGHT_ERROR_JWT_ALGORITHM_REFUSED, 7002);
NUMBER(SEALWRIGHT_ERROR_JWT_CRITICAL_HEADER_UNKNOWN, 7003);
NUMBER(SEALWRIGHT_ERROR_JWT_TYPE_REFUSED, 7004);
NUMBER(SEALWRIGHT_ERROR_JWT_KEY_UNKNOWN, 7005);
NUMBER(SEALWRIGHT_ERROR_JWT_KEY_OUTSIDE_VALIDITY, 7006);
NUMBER(SEALWRIGHT_ERROR_JWT_SIGNATURE_INVALID, 7007);
NUMBER(SEALWRIGHT_ERROR_JWT_CLAIM_MISSING, 7101);
NUMBER(SEALWRIGHT_ERROR_JWT_CLAIM_INVALID, 7102);
NUMBER(SEALWRIGHT_ERROR_JWT_EXPIRED, 7103);
NUMBER(SEALWRIGHT_ERROR_JWT_NOT_YET_VALID, 7104);
NUMBER(SEALWRIGHT_ERROR_JWT_ISSUER_REFUSED, 7105);
NUMBER(SEALWRIGHT_ERROR_JWT_SUBJECT_REFUSED, 7106);
NUMBER(SEALWRIGHT_ERROR_JWT_AUDIENCE_REFUSED, 7107);
NUMBER(SEALWRIGHT_ERROR_JWT_LIFETIME_REFUSED, 7108);
NUMBER(SEALWRIGHT_ERROR_JWT_PATH_REFUSED, 7109);
NUMBER(SEALWRIGHT_ERROR_JWT_DEVICE_REFUSED, 7110);
NUMBER(SEALWRIGHT_ERROR_JWK_MALFORMED, 7201);
NUMBER(SEALWRIGHT_ERROR_JWK_REFUSED, 7202);
NUMBER(SEALWRIGHT_ERROR_JWK_SET_AMBIGUOUS, 7203);
NUMBER(SEALWRIGHT_ERROR_URL_MALFORMED, 7301);
NUMBER(SEALWRIGHT_ERROR_URL_PATH_REFUSED, 7302);
NUMBER(SEALWRIGHT_ERROR_URL_TOKEN_MISSING, 7303);
NUMBER(SEALWRIGHT_ERROR_URL_TOKEN_REPEATED, 7304);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_MALFORMED, 8001);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_SIGNATURE_ABSENT, 8002);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_ALGORITHM_REFUSED, 8003);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_SIGNER_UNKNOWN, 8004);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_SIGNATURE_INVALID, 8005);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_BODY_MISMATCH, 8006);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_BODY_NEEDED, 8007);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_COMPONENT_UNCOVERED, 8101);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_COMPONENT_UNAVAILABLE, 8102);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_PARAMETER_MISSING, 8103);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_UNDATED, 8201);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_STALE, 8202);
NUMBER(SEALWRIGHT_ERROR_MESSAGE_FROM_FUTURE, 8203);
NUMBER(SEALWRIGHT_ERROR_ENCODING_FAILED, 9001);
NUMBER(SEALWRIGHT_ERROR_ENGINE_DEFECT, 9002);
NUMBER(SEALWRIGHT_ERROR_MEMORY_EXHAUSTED, 9003);

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
      (void (*)(void))sealwright_call_with_callback,
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
