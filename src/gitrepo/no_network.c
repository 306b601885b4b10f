/* Refusals for the half of libgit2 that speaks to servers, which weir never does.
 *
 * Debian's archive can log in over http with Kerberos and asks libgssapi for it, which exists only
 * as a shared library: with these definitions (signatures: RFC 2744) the static link closes
 * without it. And it reads every certificate of the host when it starts: the linker is told to
 * send those two calls here (--wrap in meson.build), which saves 5 ms of each run. */
#include <stddef.h>
#include <stdint.h>

#define X509_FILE_IO_ERROR (-0x2900)         /* MBEDTLS_ERR_X509_FILE_IO_ERROR of mbedtls/x509.h */
#define GSS_UNAVAILABLE ((uint32_t)16 << 16) /* GSS_S_UNAVAILABLE, RFC 2744 section 3.9.1 */

extern void *GSS_C_NT_HOSTBASED_SERVICE;
uint32_t gss_delete_sec_context(uint32_t *minor, void **context, void *token);
uint32_t gss_display_status(uint32_t *minor, uint32_t status, int kind, void *mechanism,
                            uint32_t *context, void *text);
uint32_t gss_import_name(uint32_t *minor, void *name, void *kind, void **ret_name);
uint32_t gss_indicate_mechs(uint32_t *minor, void **ret_mechanisms);
uint32_t gss_init_sec_context(uint32_t *minor, void *credentials, void **context, void *name,
                              void *mechanism, uint32_t flags, uint32_t seconds, void *bindings,
                              void *token_in, void **ret_mechanism, void *token_out,
                              uint32_t *ret_flags, uint32_t *ret_seconds);
uint32_t gss_release_buffer(uint32_t *minor, void *buffer);
uint32_t gss_release_name(uint32_t *minor, void **name);
uint32_t gss_release_oid_set(uint32_t *minor, void **set);
int __wrap_mbedtls_x509_crt_parse_file(void *chain, const char *path);
int __wrap_mbedtls_x509_crt_parse_path(void *chain, const char *path);

void *GSS_C_NT_HOSTBASED_SERVICE = NULL;

static uint32_t refuse(uint32_t *minor) {
        *minor = 0;
        return GSS_UNAVAILABLE;
}

uint32_t gss_delete_sec_context(uint32_t *minor, void **context, void *token) {
        (void)context, (void)token;
        return refuse(minor);
}

uint32_t gss_display_status(uint32_t *minor, uint32_t status, int kind, void *mechanism,
                            uint32_t *context, void *text) {
        (void)status, (void)kind, (void)mechanism, (void)context, (void)text;
        return refuse(minor);
}

uint32_t gss_import_name(uint32_t *minor, void *name, void *kind, void **ret_name) {
        (void)name, (void)kind, (void)ret_name;
        return refuse(minor);
}

uint32_t gss_indicate_mechs(uint32_t *minor, void **ret_mechanisms) {
        (void)ret_mechanisms;
        return refuse(minor);
}

uint32_t gss_init_sec_context(uint32_t *minor, void *credentials, void **context, void *name,
                              void *mechanism, uint32_t flags, uint32_t seconds, void *bindings,
                              void *token_in, void **ret_mechanism, void *token_out,
                              uint32_t *ret_flags, uint32_t *ret_seconds) {
        (void)credentials, (void)context, (void)name, (void)mechanism, (void)flags, (void)seconds;
        (void)bindings, (void)token_in, (void)ret_mechanism, (void)token_out, (void)ret_flags;
        (void)ret_seconds;
        return refuse(minor);
}

uint32_t gss_release_buffer(uint32_t *minor, void *buffer) {
        (void)buffer;
        return refuse(minor);
}

uint32_t gss_release_name(uint32_t *minor, void **name) {
        (void)name;
        return refuse(minor);
}

uint32_t gss_release_oid_set(uint32_t *minor, void **set) {
        (void)set;
        return refuse(minor);
}

int __wrap_mbedtls_x509_crt_parse_file(void *chain, const char *path) {
        (void)chain, (void)path;
        return X509_FILE_IO_ERROR;
}

int __wrap_mbedtls_x509_crt_parse_path(void *chain, const char *path) {
        (void)chain, (void)path;
        return X509_FILE_IO_ERROR;
}
