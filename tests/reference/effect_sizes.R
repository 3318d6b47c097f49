# R 4.2.2 Patched (2022-11-10 r83330), lme4 1.1-31, nlme 3.1-162. Run: Rscript effect_sizes.R
# Writes effect_sizes_rows.csv (nlme::MathAchieve, every fourth school: High School and Beyond 1982), effect_sizes.csv (lme4)
# and effect_sizes_noncentral.csv (limits of a standardised difference by R's noncentral t).
suppressMessages({library(lme4); library(nlme)})
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
schools <- data.frame(School = MathAchSchool$School, catholic = as.numeric(MathAchSchool$Sector == "Catholic"))
rows <- merge(as.data.frame(MathAchieve)[, c("School", "SES", "MathAch")], schools, by = "School")
ids <- sort(unique(as.character(rows$School)))
rows <- rows[as.character(rows$School) %in% ids[seq(1, length(ids), 4)], ]
rows <- data.frame(school = as.character(rows$School), catholic = rows$catholic, ses = rows$SES, maths = rows$MathAch)
write.csv(rows, "effect_sizes_rows.csv", row.names = FALSE, quote = FALSE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5))
out <- data.frame()
for (with in c("ses", "nothing")) {
  m <- lmer(if (with == "ses") maths ~ catholic + ses + (1 | school) else maths ~ catholic + (1 | school), rows, REML = TRUE, control = tight)
  v <- as.data.frame(VarCorr(m))$vcov
  b <- summary(m)$coefficients
  ci <- suppressWarnings(confint(m, "catholic", method = "profile", quiet = TRUE))
  out <- rbind(out, data.frame(fit = with, figure = c("difference", "error", "intercept", "school", "pupil", "reml", "lower", "upper"),
    value = digits(c(b["catholic", 1:2], b[1, 1], v, REMLcrit(m), ci))))
}
write.csv(out, "effect_sizes.csv", row.names = FALSE, quote = FALSE)

cases <- expand.grid(d = c(-1.2, 0, 0.15, 0.8, 3), n1 = c(3, 20, 400), n0 = c(4, 35, 1000))
limit <- function(d, n1, n0, p) {
  root <- sqrt(n1 * n0 / (n1 + n0))
  uniroot(function(nc) pt(d * root, n1 + n0 - 2, nc) - p, d * root + c(-25, 25), tol = 1e-13)$root / root
}
cases <- cases[abs(cases$d) * sqrt(cases$n1 * cases$n0 / (cases$n1 + cases$n0)) < 30, ] # beyond 37 pt is approximate
cases$lower <- digits(mapply(limit, cases$d, cases$n1, cases$n0, 0.975))
cases$upper <- digits(mapply(limit, cases$d, cases$n1, cases$n0, 0.025))
write.csv(cases, "effect_sizes_noncentral.csv", row.names = FALSE, quote = FALSE)
