/* pipeline/platform.h: the platforms that `weir init` writes pipelines for, one row and one
 * template each. */
#pragma once

#include "base/err.h"
#include "pipeline/survey.h"

/* Where weir is downloaded from. Empty url: it must be on the runner's PATH. */
struct pipeline_weir {
        struct str url;     /* https, no user in it, only characters that need no quotes */
        struct str sha256;  /* 64 hex digits, lower case */
        struct str version; /* "1.2.3" where the URL names one */
};

/* What a pipeline file is made of. */
struct pipeline_plan {
        const struct survey *survey;
        struct pipeline_weir weir;
        bool joins; /* the file is read by another pipeline file that was there before */
};

struct platform {
        const char *name;
        const char *title;   /* as people call it */
        const char *path;    /* of the pipeline file */
        const char *instead; /* where path may be somebody else's: the file that is then written */
        const char *join;    /* and what has to be done so that the platform reads it; English */
        const char *join_zh;
        const char *traces[4]; /* files or folders (end in `/`) by which a repository shows it */
        const char *hosts[3];  /* parts of the host of its remote */
        const char *template;
        const char *warning; /* what the platform's log takes for a warning: a prefix */
        const char *error;
        const char *bin;        /* the folder that weir is downloaded to, in shell */
        const char *export;     /* shell that puts it on the PATH of the following steps */
        unsigned script_indent; /* columns of the lines of a script */
        unsigned step_indent;   /* of a step; 0: scripts only */
        bool pairs_backslashes; /* scripts stand in strings of Groovy */
        const char *service_host;
};

extern const struct platform platforms[];
extern const size_t platform_count;

const struct platform *platform_find(struct str name);

/* Why a platform was chosen. */
enum platform_reason { PLATFORM_BY_TRACE, PLATFORM_BY_REMOTE, PLATFORM_BY_DEFAULT };

struct platform_choice {
        const struct platform *platform;
        enum platform_reason reason;
        struct str what; /* the trace or the host; empty by default */
};

/* The platform of a repository: the remote's, where there are traces of it or none of any; else the
 * first that left traces; else GitHub. remote is the URL of origin, or empty. */
struct platform_choice platform_choose(const struct tree *tree, struct str remote);

/* The host of a remote's URL ("https://host/x", "git@host:x", "ssh://git@host:22/x"); empty where
 * it has none. */
struct str remote_host(struct str url);

/* Reads "URL#sha256=HEX". ERR_USAGE says what is wrong. */
MUST_USE bool pipeline_weir_parse(struct arena *arena, struct str text,
                                  struct pipeline_weir *ret_weir, struct err *err);

/* Whether the text was written by weir init, be it edited since or not. */
bool pipeline_is_ours(struct str text);

/* "NAME=value" lines that tell tests where a service of the pipeline listens. */
struct service;
struct str pipeline_service_vars(struct arena *arena, const struct platform *platform,
                                 const struct service *service);

/* The file's whole text. The same plan gives the same bytes. */
struct str pipeline_write(struct arena *arena, const struct platform *platform,
                          const struct pipeline_plan *plan);
