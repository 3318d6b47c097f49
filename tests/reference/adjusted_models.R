# R 4.2.2, packages sandwich 3.0-2, clubSandwich 0.5.8, MASS 7.3-58. Run: Rscript adjusted_models.R
# Writes adjusted_cells.csv (cells of pupils by school) and adjusted_models.csv: coefficients and errors of models on ROWS
# OF PUPILS, against which models on cells are held. CR2 of models that are not linear: clubSandwich on the linear
# model in columns and outcomes divided by the root of the working variance (lm on sqrt(w) x, which has unit working
# variance: the root of Bell and McCaffrey), and, as cr2_club, clubSandwich's own choice of root for a glm.
suppressMessages({library(sandwich); library(clubSandwich); library(MASS)})
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
tight <- list(epsilon = 1e-15, maxit = 200)
set.seed(20241126)
n <- 1500
school <- sample(1:12, n, TRUE, prob = (1:12) + 3)
eth <- sample(0:3, n, TRUE, prob = c(.5, .25, .15, .1)); sex <- rbinom(n, 1, .5); need <- sample(0:2, n, TRUE, prob = c(.75, .2, .05))
u <- rnorm(12, 0, .5)
p <- plogis(-1.7 + c(0, .5, -.3, .8)[eth + 1] + .4 * sex + c(0, .7, 1.1)[need + 1] + u[school])
event <- rbinom(n, 1, p)
times <- rnbinom(n, mu = exp(-1.5 + c(0, .4, -.2, .6)[eth + 1] + .5 * sex + c(0, .6, .9)[need + 1] + u[school]), size = .6)
d <- data.frame(pupils = 1, school, eth = factor(eth), sex, need = factor(need), event, times)
cells <- aggregate(cbind(pupils, event, times, squares = times^2) ~ school + eth + sex + need, d, sum)
write.csv(cells, "adjusted_cells.csv", row.names = FALSE, quote = FALSE)
write.csv(aggregate(pupils ~ times + school + eth + sex + need, d, sum), "adjusted_frequencies.csv",
          row.names = FALSE, quote = FALSE)
out <- NULL
put <- function(model, figure, values) out <<- rbind(out, data.frame(
  model, figure, column = names(values), value = digits(values)))
se <- function(v) sqrt(diag(v))
all_of <- function(name, m, linear = FALSE) {
  put(name, "estimate", coef(m)); put(name, "model", se(vcov(m)))
  bread_hc <- if (linear) vcovHC(m, "HC0") else sandwich(m)
  put(name, "HC0", se(bread_hc)); put(name, "HC1", se(bread_hc) * sqrt(n / (n - length(coef(m)))))
  cr0 <- vcovCL(m, d$school, type = "HC0", cadjust = FALSE)
  put(name, "CR0", se(cr0)); put(name, "CR1", se(cr0) * sqrt(12 / 11))
  put(name, "CR1S", se(cr0) * sqrt(12 / 11 * (n - 1) / (n - length(coef(m)))))
  x <- model.matrix(m)
  if (linear) w <- rep(1, n) else w <- m$family$mu.eta(m$linear.predictors)^2 / m$family$variance(fitted(m))
  z <- if (linear) fitted(m) + resid(m) else m$linear.predictors + (m$y - fitted(m)) / m$family$mu.eta(m$linear.predictors)
  white <- data.frame(sqrt(w) * x); names(white) <- paste0("v", seq_along(white)); white$z <- sqrt(w) * z
  flat <- lm(z ~ . - 1, white)
  stopifnot(max(abs(coef(flat) - coef(m))) < 1e-8)
  v <- vcovCR(flat, d$school, "CR2"); test <- coef_test(flat, v, test = "Satterthwaite")
  put(name, "CR2", setNames(se(v), names(coef(m)))); put(name, "CR2 freedom", setNames(test$df, names(coef(m))))
  if (!linear) put(name, "cr2_club", se(vcovCR(m, d$school, "CR2")))
}
f <- event ~ eth + sex + need
logit <- glm(f, binomial, d, control = tight)
all_of("logistic", logit)
all_of("relative_risks", glm(f, poisson, d, control = tight))
all_of("risk_differences", lm(f, d), TRUE)
g <- times ~ eth + sex + need
all_of("event_rates", glm(g, poisson, d, control = tight))
nb <- glm.nb(g, d, control = glm.control(epsilon = 1e-14, maxit = 500))
put("negative_binomial", "estimate", coef(nb))
put("negative_binomial", "model", se(vcov(nb)))
put("negative_binomial", "alpha", c(alpha = 1 / nb$theta)); put("negative_binomial", "log_likelihood", c(all = as.numeric(logLik(nb))))
# totals of cells of n pupils: NB with size n / alpha, maximised directly
x <- model.matrix(~ factor(eth) + sex + factor(need), cells)
minus <- function(q) -sum(dnbinom(cells$times, size = cells$pupils * exp(-q[8]), mu = cells$pupils * exp(x %*% q[1:7]), log = TRUE))
start <- c(coef(nb), log(1 / nb$theta))
for (i in 1:6) { best <- optim(start, minus, method = "BFGS", control = list(reltol = 1e-16, maxit = 2000)); start <- best$par }
put("negative_binomial totals", "estimate", setNames(best$par[1:7], names(coef(nb))))
put("negative_binomial totals", "alpha", c(alpha = exp(best$par[8]))); put("negative_binomial totals", "log_likelihood", c(all = -best$value))
# marginal standardisation: delta method from CR0 and HC0 of the pupils' model
for (kind in c("HC0", "CR0")) {
  v <- if (kind == "HC0") sandwich(logit) else vcovCL(logit, d$school, type = "HC0", cadjust = FALSE)
  for (over in c("all", "group")) for (level in 1:3) {
    own <- if (over == "all") d else d[d$eth == level, ]
    at <- function(k) { e <- own; e$eth <- factor(k, levels = 0:3); model.matrix(~ eth + sex + need, e) }
    x1 <- at(level); x0 <- at(0); b <- coef(logit)
    r1 <- mean(plogis(x1 %*% b)); r0 <- mean(plogis(x0 %*% b))
    g1 <- colMeans(as.vector(dlogis(x1 %*% b)) * x1); g0 <- colMeans(as.vector(dlogis(x0 %*% b)) * x0)
    ratio <- g1 / r1 - g0 / r0; gap <- g1 - g0
    put(paste("marginal", kind, over), paste("level", level), c(risk = r1, reference = r0,
      ratio_error = sqrt(as.numeric(t(ratio) %*% v %*% ratio)), gap_error = sqrt(as.numeric(t(gap) %*% v %*% gap))))
  }
}
write.csv(out, "adjusted_models.csv", row.names = FALSE, quote = FALSE)
