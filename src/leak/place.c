#include "leak/place.h"

/* Folders by whose name a file is no part of what is delivered, or is made to be shown. */
static const struct str vendor_folders[] = {
        STR_INIT("vendor"),     STR_INIT("node_modules"),  STR_INIT("third_party"),
        STR_INIT("thirdparty"), STR_INIT("third-party"),   STR_INIT("bower_components"),
        STR_INIT("godeps"),     STR_INIT("site-packages"),
};

static const struct str example_folders[] = {
        STR_INIT("test"),      STR_INIT("tests"),    STR_INIT("testdata"),  STR_INIT("testing"),
        STR_INIT("__tests__"), STR_INIT("fixture"),  STR_INIT("fixtures"),  STR_INIT("example"),
        STR_INIT("examples"),  STR_INIT("_example"), STR_INIT("_examples"), STR_INIT("sample"),
        STR_INIT("samples"),   STR_INIT("mock"),     STR_INIT("mocks"),     STR_INIT("doc"),
        STR_INIT("docs"),      STR_INIT("demo"),     STR_INIT("demos"),     STR_INIT("e2e"),
        STR_INIT("spec"),      STR_INIT("specs"),    STR_INIT("__mocks__"), STR_INIT("test-data"),
        STR_INIT("test_data"), STR_INIT("testutil"), STR_INIT("testutils"), STR_INIT("golden"),
};

static const struct str lock_names[] = {
        STR_INIT("go.sum"),
        STR_INIT("go.work.sum"),
        STR_INIT("package-lock.json"),
        STR_INIT("npm-shrinkwrap.json"),
        STR_INIT("yarn.lock"),
        STR_INIT("pnpm-lock.yaml"),
        STR_INIT("cargo.lock"),
        STR_INIT("gopkg.lock"),
        STR_INIT("glide.lock"),
        STR_INIT("composer.lock"),
        STR_INIT("poetry.lock"),
        STR_INIT("pipfile.lock"),
        STR_INIT("gemfile.lock"),
        STR_INIT("uv.lock"),
        STR_INIT("pdm.lock"),
        STR_INIT("bun.lock"),
        STR_INIT("flake.lock"),
        STR_INIT("podfile.lock"),
        STR_INIT("mix.lock"),
        STR_INIT("pubspec.lock"),
        STR_INIT("chart.lock"),
        STR_INIT("requirements.lock"),
        STR_INIT("packages.lock.json"),
        STR_INIT("deno.lock"),
        STR_INIT("sha256sums"),
        STR_INIT("sha512sums"),
        STR_INIT("sha1sums"),
        STR_INIT("md5sums"),
        STR_INIT("checksums.txt"),
        STR_INIT("checksums"),
        STR_INIT("sha256sums.txt"),
        STR_INIT("sha512sums.txt"),
        STR_INIT("modules.txt"),
        STR_INIT(".terraform.lock.hcl"),
        STR_INIT("gradle.lockfile"),
        STR_INIT("module.bazel.lock"),
};

static const struct str lock_suffixes[] = {
        STR_INIT(".sha256"),    STR_INIT(".sha512"),    STR_INIT(".sha1"),   STR_INIT(".md5"),
        STR_INIT(".sha256sum"), STR_INIT(".sha512sum"), STR_INIT(".min.js"), STR_INIT(".min.css"),
        STR_INIT(".js.map"),    STR_INIT(".css.map"),   STR_INIT(".lock"),   STR_INIT(".pb.go"),
        STR_INIT(".pb.gw.go"),  STR_INIT("_pb2.py"),    STR_INIT("_pb.js"),  STR_INIT(".sum"),
};

static const struct str example_suffixes[] = {
        STR_INIT("_test.go"),  STR_INIT(".md"),       STR_INIT(".markdown"),  STR_INIT(".rst"),
        STR_INIT(".adoc"),     STR_INIT(".example"),  STR_INIT(".sample"),    STR_INIT(".test.js"),
        STR_INIT(".test.ts"),  STR_INIT(".test.tsx"), STR_INIT(".spec.js"),   STR_INIT(".spec.ts"),
        STR_INIT("_test.py"),  STR_INIT("test.java"), STR_INIT("tests.java"), STR_INIT(".dist"),
        STR_INIT(".template"), STR_INIT(".tmpl"),     STR_INIT(".golden"),    STR_INIT("_spec.rb"),
};

/* Parts of a file's name, between dots, dashes and underscores, that say the same. */
static const struct str example_words[] = {
        STR_INIT("example"),  STR_INIT("examples"), STR_INIT("sample"),
        STR_INIT("samples"),  STR_INIT("template"), STR_INIT("fixture"),
        STR_INIT("fixtures"), STR_INIT("mock"),     STR_INIT("demo"),
};

static bool has_word(const struct str *words, size_t count, struct str word) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(words[i], word))
                        return true;
        return false;
}

static bool has_suffix(const struct str *suffixes, size_t count, struct str s) {
        for (size_t i = 0; i < count; i++)
                if (s.len >= suffixes[i].len &&
                    str_eq_fold(str_slice(s, s.len - suffixes[i].len, s.len), suffixes[i]))
                        return true;
        return false;
}

static struct str base_name(struct str path) {
        struct str folder;

        str_cut_last(path, '/', &folder, &path);
        return path;
}

static bool is_in_folder(struct str path, const struct str *folders, size_t count) {
        struct str folder;

        while (str_cut(path, '/', &folder, &path))
                if (has_word(folders, count, folder))
                        return true;
        return false;
}

static bool is_word_end(char c) {
        return c == '.' || c == '-' || c == '_';
}

static bool has_example_word(struct str name) {
        size_t start = 0;

        for (size_t i = 0; i <= name.len; i++) {
                if (i < name.len && !is_word_end(name.ptr[i]))
                        continue;
                if (has_word(example_words, COUNT_OF(example_words), str_slice(name, start, i)))
                        return true;
                start = i + 1;
        }
        return false;
}

enum place_kind place_kind_of(struct str path) {
        struct str name = base_name(path);

        if (has_word(lock_names, COUNT_OF(lock_names), name) ||
            has_suffix(lock_suffixes, COUNT_OF(lock_suffixes), name))
                return PLACE_LOCK;
        if (is_in_folder(path, vendor_folders, COUNT_OF(vendor_folders)))
                return PLACE_VENDOR;
        if (is_in_folder(path, example_folders, COUNT_OF(example_folders)) ||
            has_suffix(example_suffixes, COUNT_OF(example_suffixes), name) ||
            has_example_word(name) || str_has_prefix(name, STR("test_")))
                return PLACE_EXAMPLE;
        return PLACE_CODE;
}

struct language_name {
        struct str text;
        enum place_language language;
};

/* Whole names, where the ending does not tell. */
static const struct language_name names[] = {
        { STR_INIT(".env"), LANGUAGE_DOTENV },
        { STR_INIT(".envrc"), LANGUAGE_SHELL },
        { STR_INIT(".flaskenv"), LANGUAGE_DOTENV },
        { STR_INIT("env"), LANGUAGE_DOTENV },
        { STR_INIT("dockerfile"), LANGUAGE_SHELL },
        { STR_INIT("containerfile"), LANGUAGE_SHELL },
        { STR_INIT("makefile"), LANGUAGE_SHELL },
        { STR_INIT("gnumakefile"), LANGUAGE_SHELL },
        { STR_INIT("justfile"), LANGUAGE_SHELL },
        { STR_INIT(".bashrc"), LANGUAGE_SHELL },
        { STR_INIT(".bash_profile"), LANGUAGE_SHELL },
        { STR_INIT(".bash_history"), LANGUAGE_SHELL },
        { STR_INIT(".bash_aliases"), LANGUAGE_SHELL },
        { STR_INIT(".profile"), LANGUAGE_SHELL },
        { STR_INIT(".zshrc"), LANGUAGE_SHELL },
        { STR_INIT(".zshenv"), LANGUAGE_SHELL },
        { STR_INIT(".zsh_history"), LANGUAGE_SHELL },
        { STR_INIT(".npmrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".yarnrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".pypirc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".s3cfg"), LANGUAGE_PROPERTIES },
        { STR_INIT(".my.cnf"), LANGUAGE_PROPERTIES },
        { STR_INIT(".netrc"), LANGUAGE_PROPERTIES },
        { STR_INIT("_netrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".pgpass"), LANGUAGE_PROPERTIES },
        { STR_INIT(".htpasswd"), LANGUAGE_PROPERTIES },
        { STR_INIT("htpasswd"), LANGUAGE_PROPERTIES },
        { STR_INIT("shadow"), LANGUAGE_PROPERTIES },
        { STR_INIT(".esmtprc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".msmtprc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".muttrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".wgetrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".curlrc"), LANGUAGE_PROPERTIES },
        { STR_INIT(".gitconfig"), LANGUAGE_PROPERTIES },
        { STR_INIT(".git-credentials"), LANGUAGE_PROPERTIES },
        { STR_INIT("credentials"), LANGUAGE_PROPERTIES },
        { STR_INIT(".credentials"), LANGUAGE_PROPERTIES },
        { STR_INIT("config"), LANGUAGE_PROPERTIES },
        { STR_INIT(".tugboat"), LANGUAGE_YAML },
        { STR_INIT("hub"), LANGUAGE_YAML },
        { STR_INIT("kubeconfig"), LANGUAGE_YAML },
        { STR_INIT(".dockercfg"), LANGUAGE_JSON },
        { STR_INIT(".dockerconfigjson"), LANGUAGE_JSON },
        { STR_INIT(".ftpconfig"), LANGUAGE_JSON },
        { STR_INIT("jenkinsfile"), LANGUAGE_SCRIPT },
        { STR_INIT("vagrantfile"), LANGUAGE_SCRIPT },
        { STR_INIT("rakefile"), LANGUAGE_SCRIPT },
        { STR_INIT("gemfile"), LANGUAGE_SCRIPT },
        { STR_INIT("podfile"), LANGUAGE_SCRIPT },
};

static const struct language_name endings[] = {
        { STR_INIT("go"), LANGUAGE_GO },
        { STR_INIT("yaml"), LANGUAGE_YAML },
        { STR_INIT("yml"), LANGUAGE_YAML },
        { STR_INIT("json"), LANGUAGE_JSON },
        { STR_INIT("json5"), LANGUAGE_JSON },
        { STR_INIT("jsonc"), LANGUAGE_JSON },
        { STR_INIT("jsonl"), LANGUAGE_JSON },
        { STR_INIT("ndjson"), LANGUAGE_JSON },
        { STR_INIT("har"), LANGUAGE_JSON },
        { STR_INIT("ipynb"), LANGUAGE_JSON },
        { STR_INIT("tfstate"), LANGUAGE_JSON },
        { STR_INIT("webmanifest"), LANGUAGE_JSON },
        { STR_INIT("toml"), LANGUAGE_TOML },
        { STR_INIT("tf"), LANGUAGE_TOML },
        { STR_INIT("tfvars"), LANGUAGE_TOML },
        { STR_INIT("hcl"), LANGUAGE_TOML },
        { STR_INIT("nomad"), LANGUAGE_TOML },
        { STR_INIT("env"), LANGUAGE_DOTENV },
        { STR_INIT("properties"), LANGUAGE_PROPERTIES },
        { STR_INIT("ini"), LANGUAGE_PROPERTIES },
        { STR_INIT("cfg"), LANGUAGE_PROPERTIES },
        { STR_INIT("conf"), LANGUAGE_PROPERTIES },
        { STR_INIT("cnf"), LANGUAGE_PROPERTIES },
        { STR_INIT("config"), LANGUAGE_PROPERTIES },
        { STR_INIT("service"), LANGUAGE_PROPERTIES },
        { STR_INIT("sh"), LANGUAGE_SHELL },
        { STR_INIT("bash"), LANGUAGE_SHELL },
        { STR_INIT("zsh"), LANGUAGE_SHELL },
        { STR_INIT("ksh"), LANGUAGE_SHELL },
        { STR_INIT("fish"), LANGUAGE_SHELL },
        { STR_INIT("bat"), LANGUAGE_SHELL },
        { STR_INIT("cmd"), LANGUAGE_SHELL },
        { STR_INIT("mk"), LANGUAGE_SHELL },
        { STR_INIT("dockerfile"), LANGUAGE_SHELL },
        { STR_INIT("xml"), LANGUAGE_MARKUP },
        { STR_INIT("html"), LANGUAGE_MARKUP },
        { STR_INIT("htm"), LANGUAGE_MARKUP },
        { STR_INIT("xhtml"), LANGUAGE_MARKUP },
        { STR_INIT("md"), LANGUAGE_MARKUP },
        { STR_INIT("markdown"), LANGUAGE_MARKUP },
        { STR_INIT("rst"), LANGUAGE_MARKUP },
        { STR_INIT("adoc"), LANGUAGE_MARKUP },
        { STR_INIT("plist"), LANGUAGE_MARKUP },
        { STR_INIT("csproj"), LANGUAGE_MARKUP },
        { STR_INIT("txt"), LANGUAGE_TEXT },
        { STR_INIT("text"), LANGUAGE_TEXT },
        { STR_INIT("log"), LANGUAGE_TEXT },
        { STR_INIT("http"), LANGUAGE_TEXT },
        { STR_INIT("rest"), LANGUAGE_TEXT },
        { STR_INIT("vue"), LANGUAGE_SCRIPT },
        { STR_INIT("py"), LANGUAGE_SCRIPT },
        { STR_INIT("js"), LANGUAGE_SCRIPT },
        { STR_INIT("mjs"), LANGUAGE_SCRIPT },
        { STR_INIT("cjs"), LANGUAGE_SCRIPT },
        { STR_INIT("jsx"), LANGUAGE_SCRIPT },
        { STR_INIT("ts"), LANGUAGE_SCRIPT },
        { STR_INIT("tsx"), LANGUAGE_SCRIPT },
        { STR_INIT("rb"), LANGUAGE_SCRIPT },
        { STR_INIT("php"), LANGUAGE_SCRIPT },
        { STR_INIT("java"), LANGUAGE_SCRIPT },
        { STR_INIT("kt"), LANGUAGE_SCRIPT },
        { STR_INIT("kts"), LANGUAGE_SCRIPT },
        { STR_INIT("groovy"), LANGUAGE_SCRIPT },
        { STR_INIT("gradle"), LANGUAGE_SCRIPT },
        { STR_INIT("scala"), LANGUAGE_SCRIPT },
        { STR_INIT("cs"), LANGUAGE_SCRIPT },
        { STR_INIT("c"), LANGUAGE_SCRIPT },
        { STR_INIT("h"), LANGUAGE_SCRIPT },
        { STR_INIT("cc"), LANGUAGE_SCRIPT },
        { STR_INIT("cpp"), LANGUAGE_SCRIPT },
        { STR_INIT("hpp"), LANGUAGE_SCRIPT },
        { STR_INIT("rs"), LANGUAGE_SCRIPT },
        { STR_INIT("swift"), LANGUAGE_SCRIPT },
        { STR_INIT("m"), LANGUAGE_SCRIPT },
        { STR_INIT("dart"), LANGUAGE_SCRIPT },
        { STR_INIT("lua"), LANGUAGE_SCRIPT },
        { STR_INIT("pl"), LANGUAGE_SCRIPT },
        { STR_INIT("pm"), LANGUAGE_SCRIPT },
        { STR_INIT("ps1"), LANGUAGE_SCRIPT },
        { STR_INIT("psm1"), LANGUAGE_SCRIPT },
        { STR_INIT("sql"), LANGUAGE_SCRIPT },
        { STR_INIT("ex"), LANGUAGE_SCRIPT },
        { STR_INIT("exs"), LANGUAGE_SCRIPT },
        { STR_INIT("erl"), LANGUAGE_SCRIPT },
        { STR_INIT("jsonnet"), LANGUAGE_SCRIPT },
        { STR_INIT("libsonnet"), LANGUAGE_SCRIPT },
        { STR_INIT("proto"), LANGUAGE_SCRIPT },
        { STR_INIT("api"), LANGUAGE_SCRIPT },
};

/* Endings behind the one that tells the language. */
static const struct str outer_endings[] = {
        STR_INIT("example"),  STR_INIT("sample"), STR_INIT("dist"), STR_INIT("tmpl"),
        STR_INIT("template"), STR_INIT("tpl"),    STR_INIT("bak"),  STR_INIT("old"),
        STR_INIT("orig"),     STR_INIT("backup"), STR_INIT("j2"),   STR_INIT("erb"),
        STR_INIT("default"),  STR_INIT("gotmpl"), STR_INIT("in"),   STR_INIT("save"),
};

static bool find_language(const struct language_name *rows, size_t count, struct str text,
                          enum place_language *ret_language) {
        for (size_t i = 0; i < count; i++) {
                if (!str_eq_fold(rows[i].text, text))
                        continue;
                *ret_language = rows[i].language;
                return true;
        }
        return false;
}

static bool has_prefix_fold(struct str s, struct str prefix) {
        return str_eq_fold(str_slice(s, 0, prefix.len), prefix);
}

enum place_language place_language_of(struct str path) {
        enum place_language language = LANGUAGE_OTHER;
        struct str name = base_name(path), stem, ending;

        /* Standard input has no name: settings are what people pipe. */
        if (!path.len || str_eq(path, STR("-")))
                return LANGUAGE_DOTENV;
        while (str_cut_last(name, '.', &stem, &ending) && stem.len &&
               has_word(outer_endings, COUNT_OF(outer_endings), ending))
                name = stem;
        if (find_language(names, COUNT_OF(names), name, &language))
                return language;
        if (has_prefix_fold(name, STR(".env.")) || has_prefix_fold(name, STR("env.")))
                return LANGUAGE_DOTENV;
        if (has_prefix_fold(name, STR("dockerfile.")) || has_prefix_fold(name, STR("makefile.")))
                return LANGUAGE_SHELL;
        if (str_cut_last(name, '.', &stem, &ending))
                find_language(endings, COUNT_OF(endings), ending, &language);
        return language;
}
