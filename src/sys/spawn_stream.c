/* Children whose output is read as it comes, with everything that they start. */
#include "sys/spawn_stream.h"

#include "sys/clock.h"
#include "sys/env.h"
#include "sys/file.h"
#include "sys/spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 << 10)
#define CHILDREN_SIZE 4096 /* bytes of /proc/PID/task/PID/children read at once */
#define KILL_ROUNDS_MAX 1000
#define END_SIGNAL SIGUSR1 /* tells the warden to end everything */

/* ---- the warden: a process between weir and the child ---- */

/* Only calls that are safe after a fork in a program with threads. */
static bool kill_children(const char *children_path) {
        char text[CHILDREN_SIZE];
        int fd = open(children_path, O_RDONLY | O_CLOEXEC);
        ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));
        pid_t pid = 0;
        bool any = false;

        if (fd >= 0)
                close(fd);
        for (ssize_t i = 0; i < len; i++) {
                if (text[i] >= '0' && text[i] <= '9') {
                        pid = pid * 10 + (text[i] - '0');
                        continue;
                }
                if (pid > 0)
                        any |= kill(pid, SIGKILL) == 0;
                pid = 0;
        }
        return any;
}

/* What a killed process leaves behind becomes a child of the warden, and is next. */
static void kill_descendants(const char *children_path) {
        for (int i = 0; i < KILL_ROUNDS_MAX; i++) {
                bool any = kill_children(children_path);

                if (waitpid(-1, NULL, any ? 0 : WNOHANG) < 0 && errno == ECHILD)
                        return;
        }
}

static int exit_status(int status) {
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Waits for the child; true with its status, false where everything is to end. */
static bool await_child(pid_t child, const sigset_t *signals, int *ret_status) {
        for (;;) {
                pid_t pid = waitpid(-1, ret_status, WNOHANG);
                siginfo_t info;

                if (pid == child)
                        return true;
                if (pid > 0)
                        continue;
                if (pid < 0 && errno == ECHILD)
                        return false;
                if (sigwaitinfo(signals, &info) == END_SIGNAL)
                        return false;
        }
}

static _Noreturn void guard(const struct spawn_start *start, const int fds[3]) {
        sigset_t signals, old;
        int status = 0;
        pid_t child;

        sigemptyset(&signals);
        sigaddset(&signals, SIGCHLD);
        sigaddset(&signals, END_SIGNAL);
        sigprocmask(SIG_BLOCK, &signals, &old);
        setpgid(0, 0);
        signal(SIGTERM, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        prctl(PR_SET_PDEATHSIG, END_SIGNAL);
        child = fork();
        if (child == 0) {
                sigprocmask(SIG_SETMASK, &old, NULL);
                signal(SIGTERM, SIG_DFL);
                signal(SIGINT, SIG_DFL);
                signal(SIGHUP, SIG_DFL);
                spawn_become(start, fds);
        }
        for (int i = 0; i < 3; i++)
                close(fds[i]);
        if (child < 0 || !await_child(child, &signals, &status))
                status = SIGKILL;
        kill_descendants("/proc/thread-self/children");
        _exit(exit_status(status));
}

/* ---- weir's side ---- */

struct stream_run {
        const struct spawn_stream *stream;
        pid_t warden;
        int out, err;
        size_t bytes;
        enum spawn_end end;
        uint64_t deadline_ns; /* 0: none */
        uint64_t ended_ns;    /* when the end was asked for; 0: not yet */
        bool was_killed;
};

static void end_run(struct stream_run *run, enum spawn_end why) {
        if (run->ended_ns)
                return;
        run->end = why;
        run->ended_ns = clock_now_ns();
        kill(-run->warden, SIGTERM);
}

static void mind_time(struct stream_run *run) {
        uint64_t now = clock_now_ns();

        if (run->deadline_ns && now >= run->deadline_ns)
                end_run(run, SPAWN_DEADLINE);
        if (!run->ended_ns && run->stream->may_go_on && !run->stream->may_go_on(run->stream->ctx))
                end_run(run, SPAWN_STOPPED);
        if (run->ended_ns && !run->was_killed &&
            now - run->ended_ns >= (uint64_t)SPAWN_GRACE_MS * 1000000) {
                run->was_killed = true;
                kill(run->warden, END_SIGNAL);
        }
}

static void take(struct stream_run *run, int *fd, void (*sink)(void *ctx, struct str bytes)) {
        char bytes[READ_SIZE];
        ssize_t n = read(*fd, bytes, sizeof(bytes));

        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
                file_close(fd);
        if (n <= 0)
                return;
        run->bytes += (size_t)n;
        if (run->bytes > run->stream->output_max)
                end_run(run, SPAWN_OUTPUT);
        else
                sink(run->stream->ctx, (struct str){ bytes, (size_t)n });
}

static void pump_once(struct stream_run *run) {
        struct pollfd fds[2] = { { .fd = run->out, .events = POLLIN },
                                 { .fd = run->err, .events = POLLIN } };

        if (poll(fds, COUNT_OF(fds), SPAWN_TICK_MS) > 0) {
                if (fds[0].revents)
                        take(run, &run->out, run->stream->out);
                if (fds[1].revents)
                        take(run, &run->err, run->stream->err);
        }
        mind_time(run);
}

/* The warden ends only when nothing that it started is left, so both pipes are closed then. */
static int pump(struct stream_run *run) {
        int status = 0;

        while (run->out >= 0 || run->err >= 0)
                pump_once(run);
        for (;;) {
                pid_t pid = waitpid(run->warden, &status, WNOHANG);

                if (pid == run->warden || (pid < 0 && errno != EINTR))
                        return exit_status(status);
                poll(NULL, 0, SPAWN_TICK_MS / 10);
                mind_time(run);
        }
}

static bool start_warden(const struct spawn_start *start, struct stream_run *run, struct err *err) {
        int out[2] = { -1, -1 }, errors[2] = { -1, -1 };
        AUTO_FD null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        bool ok = null >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0 &&
                  (run->warden = fork()) >= 0;

        if (ok && run->warden == 0)
                guard(start, (const int[3]){ null, out[1], errors[1] });
        if (!ok)
                err_errno(err, str_of(start->path), "cannot start");
        else
                setpgid(run->warden, run->warden);
        file_close(&out[1]);
        file_close(&errors[1]);
        run->out = out[0];
        run->err = errors[0];
        return ok;
}

bool spawn_stream(struct arena *arena, const struct spawn_request *request,
                  const struct spawn_stream *stream, enum spawn_end *ret_end, int *ret_status,
                  struct err *err) {
        struct stream_run run = { .stream = stream, .out = -1, .err = -1, .end = SPAWN_EXITED };
        struct spawn_start start;

        if (!spawn_prepare(arena, request, &start, err))
                return err_context(err, "starting %s", request->argv[0]);
        if (request->deadline_ms)
                run.deadline_ns = clock_now_ns() + (uint64_t)request->deadline_ms * 1000000;
        if (!start_warden(&start, &run, err)) {
                file_close(&run.out);
                file_close(&run.err);
                return false;
        }
        *ret_status = pump(&run);
        *ret_end = run.end;
        return true;
}
