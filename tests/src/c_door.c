/* Answers requests on standard input by the C interface. Numbers are four octets, the least first: how many keys;
   of each id and PEM, each behind its length; the request behind its length. Out come the status and the response
   behind its length. */
#include <sealwright.h>
#include <stdio.h>
#include <stdlib.h>

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

static uint8_t *read_bytes(uint32_t *length) {
    uint8_t *bytes;
    if (!read_number(length)) exit(2);
    bytes = malloc(*length + 1);
    if (bytes == NULL || fread(bytes, 1, *length, stdin) != *length) exit(2);
    return bytes;
}

static void import_key(sealwright_engine *engine) {
    uint32_t id_length, pem_length;
    uint8_t *id = read_bytes(&id_length), *pem = read_bytes(&pem_length);
    sealwright_buffer response;
    if (sealwright_engine_import_key(engine, id, id_length, pem, pem_length, &response) != SEALWRIGHT_OK) exit(3);
    sealwright_buffer_free(&response);
    free(id);
    free(pem);
}

int main(void) {
    uint32_t keys;
    if (sealwright_abi_version() != SEALWRIGHT_ABI_VERSION) return 4;
    while (read_number(&keys)) {
        sealwright_engine *engine = sealwright_engine_new();
        sealwright_buffer response;
        uint8_t *request;
        uint32_t length;
        for (; keys > 0; keys--) import_key(engine);
        request = read_bytes(&length);
        write_number(sealwright_call(engine, request, length, &response));
        write_number((uint32_t)response.len);
        fwrite(response.data, 1, response.len, stdout);
        sealwright_buffer_free(&response);
        sealwright_engine_free(engine);
        free(request);
    }
    return 0;
}
