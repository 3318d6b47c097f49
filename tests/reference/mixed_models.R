# R 4.2.2, package lme4 1.1-31. Run: Rscript mixed_models.R
# Writes mixed_cells.csv and mixed_models.csv: glmer with tight tolerances (the default tolPwrss of 1e-7 stops early, which
# moves fixed effects of cbpp by 8e-4) by quadrature with 25 nodes, Laplace's approximation, and profile limits found with
# uniroot on refits that hold the standard deviation (optim on the quadrature deviance of glmer's devFunOnly).
suppressMessages(library(lme4))
digits <- function(x) trimws(formatC(x, digits = 12, format = "g"))
set.seed(20241127)
n_schools <- 15
cells <- expand.grid(school = 1:n_schools, eth = 0:3, sex = 0:1, need = 0:1)
cells$pupils <- rpois(nrow(cells), 12) + 1
cells$stratum <- with(cells, eth * 4 + sex * 2 + need)
us <- rnorm(n_schools, 0, .6); ut <- rnorm(16, 0, .35)
eta <- with(cells, -1.8 + .5 * sex + .8 * need + c(0, .4, -.3, .6)[eth + 1]) + us[cells$school] + ut[cells$stratum + 1]
cells$event <- rbinom(nrow(cells), cells$pupils, plogis(eta)); cells$times <- rpois(nrow(cells), cells$pupils * exp(eta))
write.csv(cells, "mixed_cells.csv", row.names = FALSE, quote = FALSE)
out <- NULL
put <- function(model, figure, values, names = "") out <<- rbind(out, data.frame(model, figure, column = names, value = digits(values)))
ctl <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-9, maxfun = 1e5), check.conv.singular = "ignore")
lchoose_all <- sum(lchoose(cells$pupils, cells$event))
keep <- function(name, m) {
  put(name, "beta", fixef(m), names(fixef(m))); put(name, "beta_error", sqrt(diag(as.matrix(vcov(m)))), names(fixef(m)))
  for (k in names(VarCorr(m))) {
    put(name, "variance", VarCorr(m)[[k]][1], k)
    r <- ranef(m, condVar = TRUE)[[k]]
    put(name, paste("effect", k), r[, 1], rownames(r)); put(name, paste("effect_error", k), sqrt(attr(r, "postVar")[1, 1, ]), rownames(r))
  }
  # lme4 leaves constants out of the likelihood by quadrature of cells, so that only Laplace's is put down
  if (m@devcomp$dims["nAGQ"] == 1) put(name, "log_likelihood", as.numeric(logLik(m)) - lchoose_all)
}
y <- "cbind(event, pupils - event) ~"
main <- "factor(eth) + sex + need"
fit <- function(right, nodes, family = "binomial", left = y) glmer(as.formula(paste(left, right)), cells, family, nAGQ = nodes, control = ctl)
keep("null quadrature", fit("1 + (1 | stratum)", 25))
keep("null laplace", fit("1 + (1 | stratum)", 1))
keep("main quadrature", fit(paste(main, "+ (1 | stratum)"), 25))
keep("school quadrature", fit(paste(main, "+ (1 | school)"), 25))
keep("crossed laplace", fit(paste(main, "+ (1 | stratum) + (1 | school)"), 1))
keep("school poisson", glmer(times ~ factor(eth) + sex + need + offset(log(pupils)) + (1 | school), cells, poisson, nAGQ = 25, control = ctl))
cb <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = ctl)
put("cbpp laplace", "beta", fixef(cb), names(fixef(cb))); put("cbpp laplace", "beta_error", sqrt(diag(as.matrix(vcov(cb)))), names(fixef(cb)))
put("cbpp laplace", "variance", VarCorr(cb)$herd[1], "herd"); put("cbpp laplace", "log_likelihood", as.numeric(logLik(cb)) - sum(lchoose(cbpp$size, cbpp$incidence)))
dev <- function(right, nodes) { # profile of the standard deviation
  f <- as.formula(paste(y, right)); parts <- glFormula(f, cells, binomial)
  d <- do.call(mkGlmerDevfun, c(parts, list(control = ctl))); d <- updateGlmerDevfun(d, parts$reTrms, nAGQ = nodes)
  start <- fixef(fit(right, nodes))
  function(s) { o <- start; for (i in 1:3) o <- optim(o, function(b) d(c(s, b)), method = "BFGS", control = list(reltol = 1e-14))$par; d(c(s, o)) }
}
limits <- function(name, right, nodes = 25) {
  g <- dev(right, nodes); best <- sqrt(VarCorr(fit(right, nodes))[[1]][1]); least <- g(best)
  h <- function(s) g(s) - least - qchisq(.95, 1)
  low <- if (h(1e-6) > 0) uniroot(h, c(1e-6, best), tol = 1e-8)$root else 0
  put(name, "variance_limits", c(low, uniroot(h, c(best, 5 * best), tol = 1e-8)$root)^2, c("lower", "upper"))
}
limits("null quadrature", "1 + (1 | stratum)"); limits("school quadrature", paste(main, "+ (1 | school)"))
write.csv(out, "mixed_models.csv", row.names = FALSE, quote = FALSE)
