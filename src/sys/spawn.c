#include "sys/spawn.h"

#include "base/buf.h"
#include "sys/clock.h"
#include "sys/env.h"
#include "sys/file.h"
#include "sys/spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 << 10)

struct child {
        pid_t pid;
        int in, out, err; /* our ends */
        struct buf out_text, err_text;
        struct str input;
        uint64_t deadline_ns; /* 0: none */
        size_t output_max;
};

static void child_close(struct child *child) {
        file_close(&child->in);
        file_close(&child->out);
        file_close(&child->err);
}

/* The program's path, looked up in the child's own PATH. */
static bool find_program(struct arena *arena, const struct spawn_request *request,
                         const char **ret_path, struct err *err) {
        struct env env = { request->env };
        struct str name = str_of(request->argv[0]), rest, dir;

        if (str_find(name, '/') != SIZE_MAX) {
                *ret_path = request->argv[0];
                return true;
        }
        rest = env_get_or(&env, STR("PATH"), STR("/usr/local/bin:/usr/bin:/bin"));
        for (bool more = true; more;) {
                char *path;

                more = str_cut(rest, ':', &dir, &rest);
                path = str_to_c(arena, str_join_path(arena, more ? dir : rest, name));
                if (path[0] == '/' && access(path, X_OK) == 0 && file_is_regular(str_of(path))) {
                        *ret_path = path;
                        return true;
                }
        }
        return err_set(err, ERR_NOT_FOUND, "%s: no such program in PATH", request->argv[0]);
}

bool spawn_prepare(struct arena *arena, const struct spawn_request *request,
                   struct spawn_start *ret_start, struct err *err) {
        *ret_start = (struct spawn_start){
                .request = request,
                .dir = request->dir.len ? str_to_c(arena, request->dir) : NULL,
        };
        return find_program(arena, request, &ret_start->path, err);
}

void spawn_become(const struct spawn_start *start, const int fds[3]) {
        static char *const no_env[] = { NULL };
        const struct spawn_request *request = start->request;

        for (int i = 0; i < 3; i++)
                if (dup2(fds[i], i) < 0)
                        _exit(126);
        if (start->dir && chdir(start->dir) < 0)
                _exit(126);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
        execve(start->path, (char *const *)(uintptr_t)request->argv,
               request->env ? (char *const *)(uintptr_t)request->env : no_env);
        _exit(errno == ENOENT ? 127 : 126);
}

static bool make_pipes(int pipes[3][2]) {
        for (int i = 0; i < 3; i++)
                if (pipe2(pipes[i], O_CLOEXEC) < 0)
                        return false;
        return true;
}

static bool start(struct arena *arena, const struct spawn_request *request, struct child *child,
                  struct err *err) {
        int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
        struct spawn_start plan;
        int theirs[3];

        if (!spawn_prepare(arena, request, &plan, err))
                return false;
        if (!make_pipes(pipes) || (child->pid = fork()) < 0) {
                err_errno(err, str_of(plan.path), "cannot start");
                for (int i = 0; i < 6; i++)
                        file_close(&pipes[i / 2][i % 2]);
                return false;
        }
        theirs[0] = pipes[0][0], theirs[1] = pipes[1][1], theirs[2] = pipes[2][1];
        if (child->pid == 0) {
                setpgid(0, 0);
                spawn_become(&plan, theirs);
        }
        setpgid(child->pid, child->pid);
        for (int i = 0; i < 3; i++)
                file_close(&theirs[i]);
        child->in = pipes[0][1], child->out = pipes[1][0], child->err = pipes[2][0];
        return true;
}

static void feed(struct child *child) {
        ssize_t n = write(child->in, child->input.ptr, child->input.len);

        if (n > 0)
                child->input = str_slice(child->input, (size_t)n, child->input.len);
        /* A child that does not read its input is no error of ours. */
        if ((n < 0 && errno != EINTR && errno != EAGAIN) || child->input.len == 0)
                file_close(&child->in);
}

static bool take(struct child *child, int *fd, struct buf *text, struct err *err) {
        char bytes[READ_SIZE];
        ssize_t n = read(*fd, bytes, sizeof(bytes));

        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
                file_close(fd);
        if (n > 0 && text->len + (size_t)n > child->output_max)
                return err_set(err, ERR_LIMIT, "printed over %zu bytes", child->output_max);
        if (n > 0)
                buf_add(text, (struct str){ bytes, (size_t)n });
        return true;
}

static int wait_ms(const struct child *child) {
        uint64_t now = clock_now_ns();

        if (child->deadline_ns == 0)
                return -1;
        return now >= child->deadline_ns
                       ? 0
                       : (int)MIN_OF((child->deadline_ns - now) / 1000000 + 1, (uint64_t)INT_MAX);
}

static bool pump_once(struct child *child, struct err *err) {
        struct pollfd fds[3] = {
                { .fd = child->in, .events = POLLOUT },
                { .fd = child->out, .events = POLLIN },
                { .fd = child->err, .events = POLLIN },
        };
        int timeout = wait_ms(child);

        if (timeout == 0)
                return err_set(err, ERR_LIMIT, "did not end before its deadline");
        if (poll(fds, COUNT_OF(fds), timeout) < 0)
                return errno == EINTR ? true : err_errno(err, STR_NONE, "poll");
        if (fds[0].revents)
                feed(child);
        return (!fds[1].revents || take(child, &child->out, &child->out_text, err)) &&
               (!fds[2].revents || take(child, &child->err, &child->err_text, err));
}

static bool pump(struct child *child, struct err *err) {
        if (child->input.len == 0)
                file_close(&child->in);
        else
                fcntl(child->in, F_SETFL, O_NONBLOCK);
        while (child->out >= 0 || child->err >= 0)
                if (!pump_once(child, err))
                        return false;
        return true;
}

static int reap(pid_t pid) {
        int status = 0;

        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
                continue;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool spawn_run(struct arena *arena, const struct spawn_request *request,
               struct spawn_result *ret_result, struct err *err) {
        struct child child = {
                .in = -1,
                .out = -1,
                .err = -1,
                .out_text = buf_make(arena),
                .err_text = buf_make(arena),
                .input = request->input,
                .output_max = request->output_max,
        };
        bool ok;
        int status;

        if (request->deadline_ms)
                child.deadline_ns = clock_now_ns() + (uint64_t)request->deadline_ms * 1000000;
        if (!start(arena, request, &child, err))
                return err_context(err, "starting %s", request->argv[0]);
        ok = pump(&child, err);
        /* What the child left running in its group would outlive us otherwise. */
        if (!ok)
                kill(-child.pid, SIGKILL);
        child_close(&child);
        status = reap(child.pid);
        if (!ok)
                return err_context(err, "running %s", request->argv[0]);
        *ret_result =
                (struct spawn_result){ status, buf_str(&child.out_text), buf_str(&child.err_text) };
        return true;
}
