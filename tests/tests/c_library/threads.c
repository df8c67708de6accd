/* Eight threads with one engine and one request, while signals come in and a thread is asked to end. */

#include <pthread.h>
#include <sealwright.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "check.h"

#define THREADS 8
#define ROUNDS 4

typedef struct {
  sealwright_engine *engine;
  sealwright_request *request;
  sealwright_response *wanted;
} work;

static sem_t interruptions;

static void interrupted(int signal) {
  (void)signal;
  sem_post(&interruptions);
}

static void perform(const work *shared) {
  sealwright_response *response;
  sealwright_engine *own = sealwright_engine_new();
  CHECK(sealwright_perform(shared->engine, shared->request, NULL, NULL, &response) == SEALWRIGHT_OK);
  CHECK(strcmp(sealwright_response_text(response, "csr", NULL), sealwright_response_text(shared->wanted, "csr", NULL)) == 0);
  sealwright_response_free(response);
  CHECK(sealwright_perform(own, shared->request, NULL, NULL, &response) == SEALWRIGHT_ERROR_KEY_UNKNOWN);
  sealwright_response_free(response);
  sealwright_engine_free(own);
}

static void *some_rounds(void *context) {
  int round;
  for (round = 0; round < ROUNDS; round++) perform((const work *)context);
  return NULL;
}

/* It can end here alone: in the library there is no place where a thread can be cancelled. */
static void *until_it_is_cancelled(void *context) {
  for (;;) {
    perform((const work *)context);
    pthread_testcancel();
  }
  return NULL;
}

static void set_up(work *shared) {
  sealwright_request *request = sealwright_request_new("generate_key");
  sealwright_response *pair;
  sealwright_buffer done;
  const uint8_t seed[32] = {0};
  const char *pem;
  size_t len;
  shared->engine = sealwright_engine_new();
  sealwright_request_set_text(request, "algorithm", "p256", SEALWRIGHT_TO_NUL);
  sealwright_request_set_bytes(request, "seed", seed, sizeof seed);
  CHECK(sealwright_perform(shared->engine, request, NULL, NULL, &pair) == SEALWRIGHT_OK);
  sealwright_request_free(request);
  pem = sealwright_response_text(pair, "private_key", &len);
  CHECK(sealwright_engine_import_key(shared->engine, (const uint8_t *)"k", 1, (const uint8_t *)pem, len, &done) ==
        SEALWRIGHT_OK);
  sealwright_buffer_free(&done);
  sealwright_response_free(pair);
  shared->request = sealwright_request_new("create_csr");
  sealwright_request_set_text(shared->request, "subject", "CN=device-7", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(shared->request, "key.id", "k", SEALWRIGHT_TO_NUL);
  CHECK(sealwright_perform(shared->engine, shared->request, NULL, NULL, &shared->wanted) == SEALWRIGHT_OK);
}

static void start_signals(void) {
  struct sigaction action;
  struct itimerval each;
  CHECK(sem_init(&interruptions, 0, 0) == 0);
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupted;
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  each.it_interval.tv_sec = each.it_value.tv_sec = 0;
  each.it_interval.tv_usec = each.it_value.tv_usec = 1000;
  CHECK(setitimer(ITIMER_REAL, &each, NULL) == 0);
}

int main(void) {
  pthread_t threads[THREADS];
  work shared;
  void *result;
  int index, count;
  set_up(&shared);
  start_signals();
  for (index = 0; index < THREADS; index++) {
    CHECK(pthread_create(&threads[index], NULL, index > 0 ? some_rounds : until_it_is_cancelled, &shared) == 0);
  }
  CHECK(pthread_cancel(threads[0]) == 0);
  for (index = 0; index < THREADS; index++) {
    CHECK(pthread_join(threads[index], &result) == 0);
    CHECK(index > 0 ? result == NULL : result == PTHREAD_CANCELED);
  }
  CHECK(sem_getvalue(&interruptions, &count) == 0 && count > 0);
  sealwright_response_free(shared.wanted);
  sealwright_request_free(shared.request);
  sealwright_engine_free(shared.engine);
  return 0;
}
