/* IMG-lite by hand: the workload of README.md in plain C, one thread, whole days, the same generator and addresses.
 *
 *   cc -O3 -march=native -ffp-contract=off -o img_lite img_lite.c -lm && ./img_lite 100000 [seed] [replications]
 *
 * It gives the same lives as imgsim, event for event: the last number printed is a checksum over all events.
 * Decisions are known by 32-bit hashes of their names (BLAKE2b, little endian; imgsim/addresses.py).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decisions.h" /* written by twin.py: H_... , and CODE_... of the events */

enum { YEARS = 10, FIRST_YEAR = 2000, LAST_YEAR = 2029, TRIES = 4 };
enum { PREPARING, SURVIVAL, TRAINING };
enum { PASSED, EXHAUSTED, SAT, FAILED }; /* added to the code of an exam's first event */
#define DAYS_A_YEAR 365.25
#define PLACES 0.055 /* of all people, a year */

typedef struct {
    uint64_t actor;
    double ability;
    int32_t day, entered, certified, trained; /* trained: first day of training, or 0 */
    int32_t days_in[3];
    int16_t seasons, matches, visas, needed;
    uint8_t needs_visa, waiting, placed_ever, ended;
} Life;

static uint32_t seed, replication;
static int32_t horizon;
static uint64_t events, checksum;

/* --- chance: Philox4x32-10 (Salmon et al. 2011) ------------------------------------------------------------------ */

static inline double uniform(uint64_t actor, uint32_t decision, uint32_t occurrence) {
    uint64_t c0 = actor & 0xFFFFFFFF, c1 = actor >> 32, c3 = 0;
    uint64_t c2 = (((uint64_t)replication << 16) | (occurrence & 0xFFFF)) & 0xFFFFFFFF, k0 = seed, k1 = decision;
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0, c1 = p1 & 0xFFFFFFFF, c2 = (p0 >> 32) ^ c3 ^ k1, c3 = p0 & 0xFFFFFFFF;
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF;
    }
    return ((double)(c0 >> 6) * 67108864.0 + (double)(c1 >> 6) + 0.5) * 0x1p-52;
}

static inline double ratio(double r, const double *a, const double *b) {
    double top = 0, bottom = 0;
    for (int k = 0; k < 8; k++) top = top * r + a[k], bottom = bottom * r + b[k];
    return top / bottom;
}

static inline double normal(double u) { /* Wichura 1988, AS 241 */
    static const double A[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
        45921.953931549871457, 13731.693765509461125, 1971.5909503065514427, 133.14166789178437745,
        3.387132872796366608}, B[] = {5226.495278852545925, 28729.085735721942674, 39307.89580009271061,
        21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0},
        C[] = {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
        D[] = {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0},
        E[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
        F[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0};
    double q = u - 0.5;
    if (fabs(q) <= 0.425) return q * ratio(0.180625 - q * q, A, B);
    double r = sqrt(-log(q < 0 ? u : 1 - u));
    double z = r <= 5 ? ratio(r - 1.6, C, D) : ratio(r - 5, E, F);
    return q < 0 ? -z : z;
}

static inline int32_t whole(double days) { return (int32_t)floor(days + 0.5); }
static inline int32_t exponential(double mean, double u) { return whole(mean * -log1p(-u)); }
static inline double logit(double p) { return log(p / (1 - p)); }
static inline double chance(double eta) { return 1 / (1 + exp(-eta)); }

static int32_t day_of(int year, int month, int day) { /* days since 1970-01-01 */
    int y = month <= 2 ? year - 1 : year, era = y / 400, yoe = y - era * 400, m = month > 2 ? month - 3 : month + 9;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* --- a life ------------------------------------------------------------------------------------------------------- */

static inline void note(const Life *life, uint64_t code) {
    events++;
    checksum += ((uint64_t)life->day * 2654435761u) ^ (life->actor * 40503u + code);
}

/* Come to a day; 0 if it lies beyond the horizon. */
static inline int comes(Life *life, int32_t day, int state) {
    int32_t until = day < horizon ? day : horizon;
    life->days_in[state] += until - life->day;
    life->day = until;
    return day < horizon;
}

static inline int exam(Life *life, uint32_t prepare, double median, double spread, uint32_t passes, double pass,
                       uint32_t retake, int codes) {
    int32_t sitting = life->day + whole(median * exp(spread * normal(uniform(life->actor, prepare, 1))));
    for (int attempt = 1;; attempt++) {
        if (!comes(life, sitting, PREPARING)) return 0;
        if (attempt > TRIES) { note(life, codes + EXHAUSTED); note(life, CODE_GAVE_UP); life->ended = 1; return 0; }
        note(life, codes + SAT);
        if (uniform(life->actor, passes, attempt) < pass) { note(life, codes + PASSED); return 1; }
        note(life, codes + FAILED);
        int32_t wished = life->day + exponential(219, uniform(life->actor, retake, attempt));
        sitting = wished > life->day ? wished : life->day + 1;
    }
}

static inline void enter_match(Life *life) { note(life, CODE_ENTERED); life->waiting = 1; }

static void begins(Life *life) {
    note(life, CODE_ENTRY);
    if (!exam(life, H_PREPARE1, 365, 0.5, H_PASS1, 0.78, H_RETAKE1, CODE_EXAM1)) return;
    if (!exam(life, H_PREPARE2, 256, 0.3, H_PASS2, 0.84, H_RETAKE2, CODE_EXAM2)) return;
    if (!comes(life, life->day + exponential(55, uniform(life->actor, H_CERTIFICATE, 1)), PREPARING)) return;
    note(life, CODE_CERTIFICATE);
    life->certified = life->day;
    enter_match(life);
}

static void unplaced(Life *life, double logit_out, double per_season) {
    note(life, CODE_UNPLACED);
    life->seasons++;
    double out = chance(logit_out + life->seasons * per_season);
    if (uniform(life->actor, H_OUT, life->seasons) < out) {
        note(life, CODE_OUT); note(life, CODE_GAVE_UP); life->ended = 1;
        return;
    }
    note(life, CODE_AGAIN);
    enter_match(life);
}

static void placed(Life *life, int32_t starts) {
    note(life, CODE_PLACED);
    note(life, life->needs_visa ? CODE_NEEDED : CODE_NOT_NEEDED);
    if (life->needs_visa) {
        int refused = uniform(life->actor, H_REFUSED, ++life->visas) < 0.04;
        if (!comes(life, life->day + 60, SURVIVAL)) return;
        note(life, refused ? CODE_REFUSED : CODE_VISA);
        if (refused) { enter_match(life); return; }
    }
    if (!comes(life, starts, SURVIVAL)) return;
    note(life, CODE_BEGIN);
    note(life, CODE_STARTED);
    life->trained = life->day;
    int32_t left = (int32_t)floor(-log1p(-uniform(life->actor, H_LEFT, 1)) / 0.0202 * DAYS_A_YEAR) + 1;
    int32_t done = whole(3 * DAYS_A_YEAR);
    if (!comes(life, life->day + (done <= left ? done : left), TRAINING)) return;
    note(life, done <= left ? CODE_COMPLETED : CODE_LEFT);
    note(life, done <= left ? CODE_PRACTICE : CODE_GAVE_UP);
    life->ended = 1;
}

/* --- the Match ---------------------------------------------------------------------------------------------------- */

static double select_kth(double *x, long n, long k) { /* the k-th largest, from 0 (Hoare 1961) */
    long lo = 0, hi = n - 1;
    while (lo < hi) {
        double pivot = x[lo + (hi - lo) / 2];
        long i = lo, j = hi;
        while (i <= j) {
            while (x[i] > pivot) i++;
            while (x[j] < pivot) j--;
            if (i <= j) { double t = x[i]; x[i] = x[j]; x[j] = t; i++; j--; }
        }
        if (k <= j) hi = j; else if (k >= i) lo = i; else break;
    }
    return x[k];
}

static void match(Life *lives, long n, int year, long places, long *who, double *merit, double *copy) {
    int32_t day = day_of(year, 3, 15), starts = day_of(year, 7, 1);
    long waiting = 0, above = 0;
    for (long k = 0; k < n; k++)
        if (lives[k].waiting && lives[k].day <= day) {
            Life *life = &lives[k];
            comes(life, day, SURVIVAL);
            merit[waiting] = life->ability + life->seasons * -0.25 + 0.7 * normal(uniform(life->actor, H_MERIT, year));
            who[waiting++] = k;
        }
    if (!waiting) return;
    double least = -INFINITY;
    if (waiting > places) memcpy(copy, merit, waiting * sizeof *copy), least = select_kth(copy, waiting, places - 1);
    for (long k = 0; k < waiting; k++) above += merit[k] > least;
    long equal = places - above; /* places for those of the least merit, in the order of actors */
    double out = logit(0.0535), season = log(1.96);
    for (long k = 0; k < waiting; k++) {
        Life *life = &lives[who[k]];
        life->waiting = 0;
        if (merit[k] > least || (merit[k] == least && equal-- > 0)) placed(life, starts);
        else unplaced(life, out, season);
    }
}

/* --- everybody ---------------------------------------------------------------------------------------------------- */

static void run(Life *lives, long n, long *who, double *merit, double *copy) {
    long a_year = n / YEARS, k = 0, places = (long)(PLACES * n);
    memset(lives, 0, n * sizeof *lives);
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++) {
        int32_t first = day_of(year, 1, 1), length = day_of(year + 1, 1, 1) - first;
        for (long number = 0; number < a_year; number++, k++) {
            Life *life = &lives[k];
            life->actor = (1ull << 60) | ((uint64_t)(year - 1900) << 48) | (uint64_t)number;
            life->day = life->entered = first + (int32_t)(uniform(life->actor, H_ENTRY, 0) * length);
            life->needs_visa = uniform(life->actor, H_NEEDS_VISA, 0) < 0.5;
            life->ability = normal(uniform(life->actor, H_ABILITY, 0));
            begins(life);
        }
    }
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) match(lives, k, year, places, who, merit, copy);
    for (k = 0; k < n; k++)
        if (lives[k].waiting) comes(&lives[k], horizon, SURVIVAL);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 100000, certified = 0, trained = 0, survival = 0;
    seed = argc > 2 ? (uint32_t)atol(argv[2]) : 1;
    int replications = argc > 3 ? atoi(argv[3]) : 1;
    horizon = day_of(2030, 1, 1);
    Life *lives = malloc(n * sizeof *lives);
    long *who = malloc(n * sizeof *who);
    double *merit = malloc(n * sizeof *merit), *copy = malloc(n * sizeof *copy);
    for (int k = 0; k < replications; k++) {
        struct timespec begin, end;
        replication = k, events = checksum = 0;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
        run(lives, n, who, merit, copy);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        double seconds = (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec) * 1e-9;
        certified = trained = survival = 0;
        for (long a = 0; a < n; a++) {
            certified += lives[a].certified > 0, trained += lives[a].trained > 0, survival += lives[a].days_in[1];
        }
        printf("%.6f %llu %ld %ld %ld %llu\n", seconds, (unsigned long long)events, certified, trained, survival,
               (unsigned long long)checksum);
    }
    return 0;
}
