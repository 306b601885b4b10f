/* leak/place.h: what a file is, by its path: how what is found in it has to be taken. */
#pragma once

#include "base/str.h"

enum place_kind {
        PLACE_CODE,    /* anything else */
        PLACE_EXAMPLE, /* tests, test data, fixtures, examples, samples, mocks, documentation: notes
                        */
        PLACE_VENDOR,  /* vendor/, node_modules/, third_party/: only providers' rules run */
        PLACE_LOCK, /* go.sum, lock files, SHA256SUMS, generated and minified code: nothing generic
                     */
};

enum place_language {
        LANGUAGE_OTHER, /* no generic detector */
        LANGUAGE_GO,
        LANGUAGE_YAML,
        LANGUAGE_JSON,
        LANGUAGE_TOML,
        LANGUAGE_DOTENV,     /* .env, .env.* */
        LANGUAGE_PROPERTIES, /* .properties, .ini, .cfg, .conf */
        LANGUAGE_SHELL,
        LANGUAGE_MARKUP, /* .xml, .html, .md: provider rules, and generic ones of attributes */
        LANGUAGE_TEXT,   /* .txt, .log, .http: what cannot be anything else */
        LANGUAGE_SCRIPT, /* .py, .js, .ts, .rb, .php, .java, .kt, .cs, .c ...: NAME = "value" */
        LANGUAGE_COUNT
};

/* Both are decided by the path alone (relative, with `/`), whatever its case. */
enum place_kind place_kind_of(struct str path);
enum place_language place_language_of(struct str path);
