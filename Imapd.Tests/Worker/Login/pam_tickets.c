/* Stands for pam_krb5 in tests: pam_setcred makes a file that is the user's and names it in KRB5CCNAME. It is removed with the
 * credentials, when the session is closed, and at the end of PAM, unless that is said not to be the end (PAM_DATA_SILENT).
 * Declared here as in libpam's headers, which need not be installed. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUCCESS 0
#define SYSTEM_ERROR 4
#define DELETE_CRED 0x4
#define DATA_SILENT 0x40000000

extern int pam_get_user(void *pamh, const char **user, const char *prompt);
extern int pam_putenv(void *pamh, const char *pair);
extern int pam_set_data(void *pamh, const char *name, void *data, void (*cleanup)(void *, void *, int));

static void cleanup(void *pamh, void *path, int status)
{
    (void)pamh;
    if (!(status & DATA_SILENT))
        unlink(path);
    free(path);
}

static int path_of(void *pamh, const char **argv, char *path, size_t size, struct passwd **account)
{
    const char *user;
    if (pam_get_user(pamh, &user, NULL) != SUCCESS || !(*account = getpwnam(user)))
        return SYSTEM_ERROR;
    snprintf(path, size, "%s/tickets_%s", argv[0], user);
    return SUCCESS;
}

int pam_sm_authenticate(void *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return SUCCESS;
}

int pam_sm_setcred(void *pamh, int flags, int argc, const char **argv)
{
    char path[256], pair[300];
    struct passwd *account;
    FILE *file;
    (void)argc;
    if (path_of(pamh, argv, path, sizeof path, &account) != SUCCESS)
        return SYSTEM_ERROR;
    if (flags & DELETE_CRED)
        return unlink(path), SUCCESS;
    if (!(file = fopen(path, "w")))
        return SYSTEM_ERROR;
    fputs("tickets\n", file);
    fclose(file);
    if (chown(path, account->pw_uid, account->pw_gid))
        return SYSTEM_ERROR;
    snprintf(pair, sizeof pair, "KRB5CCNAME=FILE:%s", path);
    pam_putenv(pamh, pair);
    return pam_set_data(pamh, "tickets", strdup(path), cleanup);
}

int pam_sm_open_session(void *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return SUCCESS;
}

int pam_sm_close_session(void *pamh, int flags, int argc, const char **argv)
{
    char path[256];
    struct passwd *account;
    (void)flags, (void)argc;
    if (path_of(pamh, argv, path, sizeof path, &account) == SUCCESS)
        unlink(path);
    return SUCCESS;
}
