/* pipeline/scan_impl.h: one file that is being looked at. Only pipeline/ includes this. */
#pragma once

#include "pipeline/expression.h"
#include "pipeline/place.h"
#include "pipeline/scan.h"
#include "pipeline/shell.h"

struct scan {
        struct arena *arena;
        struct scan_file *file;
        struct source source;
        size_t read;     /* bytes of scripts and values so far */
        bool full_depth; /* GitLab: some GIT_DEPTH is 0 */
};

/* Counts the bytes that are about to be read; false where that is too much, which fails the file.
 */
bool scan_may_read(struct scan *s, size_t bytes);
/* No further flaw would be kept, so none need be looked for. */
bool scan_is_full(const struct scan *s);

#define DOWNLOADS_MAX 32 /* names that are remembered; the oldest is forgotten */

/* Files that came down and that nothing has checked since. */
struct downloads {
        struct str names[DOWNLOADS_MAX];
        size_t count; /* of all so far */
};

/* What the scripts of one job do. */
struct job_traits {
        struct place needs_history; /* of the first command that needs it; line 0: none */
        struct str history_command;
        bool fetches;             /* gets more history itself */
        bool pushes;              /* needs the credentials */
        struct place takes_head;  /* of a command that checks out a pull request */
        struct place changes_mod; /* of the first command that rewrites go.mod */
        struct str mod_command;
        struct downloads downloads;
        bool minds_changes; /* something looks at what was changed, or commits it */
};

void scan_flaw(struct scan *s, enum flaw_kind kind, struct place place, struct str what);
void scan_flaw_at(struct scan *s, enum flaw_kind kind, const struct yaml_node *node,
                  struct str what);

/* Looks at the commands of a script. */
void scan_script(struct scan *s, const struct script *script, struct job_traits *traits);
void scan_script_node(struct scan *s, const struct yaml_node *node, struct job_traits *traits);

/* To be called once the whole job was seen. */
void scan_end_job(struct scan *s, const struct job_traits *traits);

/* Settings of the environment: a mapping of names to values, or NULL. */
void scan_env(struct scan *s, const struct yaml_node *env);
/* Whether a word of the value is -race. */
bool scan_is_race(struct str value);

/* A container image that is Docker itself, or options that give it the host. */
bool scan_is_docker_in_docker(struct str image);
/* What in the text gives a container the host: a flag or the socket of Docker; empty: nothing. */
struct str scan_find_privilege(struct str text);

void scan_actions(struct scan *s, const struct yaml_node *root);
void scan_gitlab(struct scan *s, const struct yaml_node *root);
void scan_jenkins(struct scan *s);
