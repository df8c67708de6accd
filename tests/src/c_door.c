/* Answers vectors by the C interface. The argument says how: `call` as JSON, `build` by the request builder and the
   accessors, `outside` and `outside-call` both with the keys in OpenSSL. Numbers are four octets, the least first, and texts and bytes
   stand behind their length. In comes for each vector: how many keys; of each id and PEM; the request; the operation; how
   many fields; of each its name, its kind, and its value. Out come the status and the response. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sealwright.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 16

typedef struct {
    char *data;
    uint32_t len;
} text;

typedef struct {
    text id, pem;
    EVP_PKEY *outside;
} key;

static int read_number(uint32_t *number) {
    unsigned char octets[4];
    if (fread(octets, 1, 4, stdin) != 4) return 0;
    *number = octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 | (uint32_t)octets[3] << 24;
    return 1;
}

static void write_number(uint32_t number) {
    unsigned char octets[4] = {number & 255, number >> 8 & 255, number >> 16 & 255, number >> 24};
    fwrite(octets, 1, 4, stdout);
}

/* With a NUL behind it. */
static text read_text(void) {
    text read;
    if (!read_number(&read.len)) exit(2);
    read.data = malloc((size_t)read.len + 1);
    if (read.data == NULL || fread(read.data, 1, read.len, stdin) != read.len) exit(2);
    read.data[read.len] = '\0';
    return read;
}

static int set_field(sealwright_request *request) {
    text name = read_text(), value;
    uint32_t kind, done = 1;
    if (!read_number(&kind)) exit(2);
    value = read_text();
    switch (kind) {
        case SEALWRIGHT_KIND_BOOLEAN: done = sealwright_request_set_boolean(request, name.data, value.data[0] == 't'); break;
        case SEALWRIGHT_KIND_NUMBER: done = sealwright_request_set_integer(request, name.data, atoll(value.data)); break;
        case SEALWRIGHT_KIND_TEXT: done = sealwright_request_set_text(request, name.data, value.data, value.len); break;
        case SEALWRIGHT_KIND_OBJECT: done = sealwright_request_set_json(request, name.data, value.data, value.len); break;
    }
    free(name.data);
    free(value.data);
    return done == SEALWRIGHT_OK;
}

static const EVP_MD *digest(const char *scheme) {
    if (strstr(scheme, "sha512") != NULL) return EVP_sha512();
    if (strstr(scheme, "sha384") != NULL) return EVP_sha384();
    return strstr(scheme, "sha256") != NULL ? EVP_sha256() : EVP_sha1();
}

static int sign(EVP_PKEY *held, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *hash = strcmp(question->scheme, "ed25519") == 0 ? NULL : digest(question->scheme);
    int done = EVP_DigestSignInit(context, NULL, hash, NULL, held) == 1 &&
               EVP_DigestSign(context, answer, answer_len, question->input, question->input_len) == 1;
    EVP_MD_CTX_free(context);
    return done ? SEALWRIGHT_ANSWERED : -1;
}

static int decrypt(EVP_PKEY *held, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(held, NULL);
    int oaep = strstr(question->scheme, "oaep") != NULL, done;
    if (EVP_PKEY_decrypt_init(context) != 1) exit(5);
    if (EVP_PKEY_CTX_set_rsa_padding(context, oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) != 1) exit(5);
    if (oaep && EVP_PKEY_CTX_set_rsa_oaep_md(context, digest(question->scheme)) != 1) exit(5);
    done = EVP_PKEY_decrypt(context, answer, answer_len, question->input, question->input_len) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? SEALWRIGHT_ANSWERED : SEALWRIGHT_PADDING_WRONG;
}

/* A sealwright_key_callback; the context is the keys, with an empty one behind them. */
static int ask(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
    const key *held;
    for (held = context; held->id.data != NULL; held++) {
        if (held->id.len != question->key_len || memcmp(held->id.data, question->key, question->key_len) != 0) continue;
        if (strcmp(question->operation, "sign") == 0) return sign(held->outside, question, answer, answer_len);
        return decrypt(held->outside, question, answer, answer_len);
    }
    return -1;
}

static void import_key(sealwright_engine *engine, const key *held) {
    sealwright_buffer response;
    if (sealwright_engine_import_key(engine, (const uint8_t *)held->id.data, held->id.len,
                                     (const uint8_t *)held->pem.data, held->pem.len, &response) != SEALWRIGHT_OK) exit(3);
    sealwright_buffer_free(&response);
}

static void keep_outside(key *held) {
    BIO *memory = BIO_new_mem_buf(held->pem.data, (int)held->pem.len);
    held->outside = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
    BIO_free(memory);
    if (held->outside == NULL) exit(3);
}

static void answer_as_json(const sealwright_engine *engine, text request, key *outside) {
    const uint8_t *json = (const uint8_t *)request.data;
    sealwright_buffer response;
    write_number(outside == NULL ? sealwright_call(engine, json, request.len, &response)
                                 : sealwright_call_with_callback(engine, json, request.len, ask, outside, &response));
    write_number((uint32_t)response.len);
    fwrite(response.data, 1, response.len, stdout);
    sealwright_buffer_free(&response);
}

/* JSON that is being written. */
typedef struct {
    char *data;
    size_t len, room;
} json;

static void put(json *json, const char *bytes, size_t len) {
    while (json->len + len > json->room) {
        json->room = json->room * 2 + 1024;
        json->data = realloc(json->data, json->room);
        if (json->data == NULL) exit(2);
    }
    memcpy(json->data + json->len, bytes, len);
    json->len += len;
}

static void put_text(json *json, const char *text, size_t len) {
    const char *names = "\bb\ff\nn\rr\tt\"\"\\\\", *name;
    char escaped[7];
    size_t index;
    put(json, "\"", 1);
    for (index = 0; index < len; index++) {
        for (name = names; *name != '\0' && *name != text[index]; name += 2) continue;
        if (*name != '\0' && text[index] != '\0') sprintf(escaped, "\\%c", name[1]);
        else if ((unsigned char)text[index] < 0x20) sprintf(escaped, "\\u%04x", text[index]);
        else sprintf(escaped, "%c", text[index]);
        put(json, escaped, strlen(escaped));
    }
    put(json, "\"", 1);
}

/* A field as the library itself writes it. */
static void put_json(json *json, const sealwright_response *response, const char *field) {
    sealwright_buffer whole;
    if (sealwright_response_json(response, field, &whole) != SEALWRIGHT_OK) exit(6);
    put(json, (const char *)whole.data, whole.len);
    sealwright_buffer_free(&whole);
}

static void put_number(json *json, const sealwright_response *response, const char *field) {
    char digits[32];
    int64_t integer;
    if (sealwright_response_integer(response, field, &integer) != SEALWRIGHT_OK) {
        put_json(json, response, field);
        return;
    }
    sprintf(digits, "%lld", (long long)integer);
    put(json, digits, strlen(digits));
}

static void put_value(json *json, const sealwright_response *response, const char *field);

static void put_items(json *json, const sealwright_response *response, const char *field) {
    char item[1024];
    size_t index, count = sealwright_response_count(response, field);
    put(json, "[", 1);
    for (index = 0; index < count; index++) {
        if (index > 0) put(json, ",", 1);
        snprintf(item, sizeof item, "%s%s%lu", field, *field == '\0' ? "" : ".", (unsigned long)index);
        put_value(json, response, item);
    }
    put(json, "]", 1);
}

static void put_fields(json *whole, const sealwright_response *response, const char *field) {
    size_t index, len, count = sealwright_response_count(response, field);
    put(whole, "{", 1);
    for (index = 0; index < count; index++) {
        const char *name = sealwright_response_name(response, field, index, &len);
        if (index > 0) put(whole, ",", 1);
        put_text(whole, name, len);
        put(whole, ":", 1);
        json inside = {NULL, 0, 0};
        put(&inside, field, strlen(field));
        put(&inside, "[", 1);
        put_text(&inside, name, len);
        put(&inside, "]", 2);
        put_value(whole, response, inside.data);
        free(inside.data);
    }
    put(whole, "}", 1);
}

/* A field by the accessors. */
static void put_value(json *json, const sealwright_response *response, const char *field) {
    size_t len;
    const char *text;
    int boolean;
    switch (sealwright_response_kind(response, field)) {
        case SEALWRIGHT_KIND_NULL: put(json, "null", 4); break;
        case SEALWRIGHT_KIND_NUMBER: put_number(json, response, field); break;
        case SEALWRIGHT_KIND_LIST: put_items(json, response, field); break;
        case SEALWRIGHT_KIND_OBJECT: put_fields(json, response, field); break;
        case SEALWRIGHT_KIND_TEXT:
            text = sealwright_response_text(response, field, &len);
            put_text(json, text, len);
            break;
        case SEALWRIGHT_KIND_BOOLEAN:
            if (sealwright_response_boolean(response, field, &boolean) != SEALWRIGHT_OK) exit(6);
            put(json, boolean ? "true" : "false", boolean ? 4 : 5);
            break;
        default: exit(6);
    }
}

static void answer_by_fields(const sealwright_engine *engine, const sealwright_request *request, key *outside) {
    sealwright_response *response;
    json whole = {NULL, 0, 0};
    uint32_t status = sealwright_perform(engine, request, outside == NULL ? NULL : ask, outside, &response);
    const char *before = status == SEALWRIGHT_OK ? "{\"ok\":" : status == SEALWRIGHT_NEEDS ? "{\"needs\":[" : "{\"error\":";
    const char *after = status == SEALWRIGHT_NEEDS ? "]}" : "}";
    if (sealwright_response_status(response) != status) exit(6);
    put(&whole, before, strlen(before));
    put_value(&whole, response, "");
    put(&whole, after, strlen(after));
    write_number(status);
    write_number((uint32_t)whole.len);
    fwrite(whole.data, 1, whole.len, stdout);
    free(whole.data);
    sealwright_response_free(response);
}

static void answer(const char *way, uint32_t count) {
    sealwright_engine *engine = sealwright_engine_new();
    sealwright_request *built;
    key keys[MAX_KEYS + 1];
    uint32_t index, fields;
    int outside = strncmp(way, "outside", 7) == 0, as_json = strstr(way, "call") != NULL;
    text request, operation;
    memset(keys, 0, sizeof keys);
    if (count > MAX_KEYS) exit(2);
    for (index = 0; index < count; index++) {
        keys[index].id = read_text();
        keys[index].pem = read_text();
        if (outside) keep_outside(&keys[index]); else import_key(engine, &keys[index]);
    }
    request = read_text();
    operation = read_text();
    built = sealwright_request_new(operation.data);
    if (!read_number(&fields)) exit(2);
    for (; fields > 0; fields--) if (!set_field(built)) exit(4);
    if (as_json) answer_as_json(engine, request, outside ? keys : NULL);
    else answer_by_fields(engine, built, outside ? keys : NULL);
    for (index = 0; index < count; index++) {
        free(keys[index].id.data);
        free(keys[index].pem.data);
        EVP_PKEY_free(keys[index].outside);
    }
    free(request.data);
    free(operation.data);
    sealwright_request_free(built);
    sealwright_engine_free(engine);
}

int main(int count, char **arguments) {
    uint32_t keys;
    if (count != 2 || sealwright_abi_version() != SEALWRIGHT_ABI_VERSION) return 4;
    while (read_number(&keys)) answer(arguments[1], keys);
    return 0;
}
