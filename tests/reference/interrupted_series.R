# R 4.2.2 Patched (2022-11-10 r83330), MASS 7.3-58.2, sandwich 3.0-2, nlme 3.1-162. Run: Rscript interrupted_series.R
# Writes interrupted_series_rows.csv (R's datasets::Seatbelts, 1969-1984) and interrupted_series.csv.
suppressMessages({library(MASS); library(sandwich); library(nlme)})
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
rows <- data.frame(time = 1:192, front = as.numeric(Seatbelts[, "front"]), rear = as.numeric(Seatbelts[, "rear"]),
                   kms = as.numeric(Seatbelts[, "kms"]), law = as.numeric(Seatbelts[, "law"]))
rows$window <- as.numeric(rows$time %in% 60:66)
write.csv(rows, "interrupted_series_rows.csv", row.names = FALSE, quote = FALSE)
rows$slope <- rows$law * (rows$time - sum(rows$law == 0))
rows$month <- factor((rows$time - 1) %% 12)
w <- function(t, k) cbind(sin(2 * pi * k * t / 12), cos(2 * pi * k * t / 12))
rows$s1 <- w(rows$time, 1)[, 1]; rows$c1 <- w(rows$time, 1)[, 2]
rows$s2 <- w(rows$time, 2)[, 1]; rows$c2 <- w(rows$time, 2)[, 2]
exact <- glm.control(epsilon = 1e-15, maxit = 200)
out <- data.frame()
add <- function(fit, figure, value) out <<- rbind(out, data.frame(fit = fit, figure = figure, value = digits(value)))
both <- function(fit, model, cov, names) for (at in seq_along(names)) {
  add(fit, paste(names[at]), coef(model)[[names[at]]])
  add(fit, paste("error of", names[at]), sqrt(diag(cov))[[names[at]]])
}
pearson <- function(m) sum(residuals(m, "pearson")^2) / m$df.residual

m <- glm(front ~ time + law + slope + window + month + offset(log(kms)), quasipoisson, rows, control = exact)
both("quasi", m, vcov(m), c("law", "slope", "window")); add("quasi", "dispersion", pearson(m)); add("quasi", "deviance", deviance(m))
both("quasi newey-west", m, NeweyWest(m, lag = 4, prewhite = FALSE, adjust = TRUE) , c("law", "slope"))
left <- subset(rows, window == 0)
m <- glm(front ~ time + law + s1 + c1 + s2 + c2 + offset(log(kms)), quasipoisson, left, control = exact)
both("left out", m, vcov(m), c("law", "time"))
m <- glm.nb(front ~ time + law + s1 + c1 + s2 + c2 + offset(log(kms)), rows, control = exact)
both("negative binomial", m, vcov(m), c("law", "time")); add("negative binomial", "alpha", 1 / m$theta)
two <- rbind(transform(rows, y = front, own = 1), transform(rows, y = rear, own = 0))
two$other <- 1 - two$own
m <- glm(y ~ own * (time + law + slope + window) + s1 + c1 + s2 + c2 + offset(log(kms)), quasipoisson, two, control = exact)
both("controlled", m, vcov(m), c("own:law", "own:slope")); add("controlled", "dispersion", pearson(m))
m <- glm(y ~ own * (time + law + s1 + c1) + offset(log(kms)), quasipoisson, two, control = exact)
both("controlled own season", m, vcov(m), "own:law")

rows$rate <- 1e4 * rows$front / rows$kms
m <- lm(rate ~ time + law + slope + month, rows)
both("rate newey-west", m, NeweyWest(m, lag = 5, prewhite = FALSE, adjust = TRUE), c("law", "slope"))
e <- residuals(m); add("rate newey-west", "durbin watson", sum(diff(e)^2) / sum(e^2))
# Prais and Winsten: generalised least squares at a given rho, iterated to the rho that its own residuals have.
rho <- 0
for (i in 1:200) {
  b <- if (rho == 0) coef(lm(rate ~ time + law, rows)) else
    coef(gls(rate ~ time + law, rows, correlation = corAR1(rho, ~ time, fixed = TRUE), method = "REML"))
  e <- rows$rate - cbind(1, rows$time, rows$law) %*% b
  rho <- sum(e[-1] * e[-192]) / sum(e[-192]^2)
}
m <- gls(rate ~ time + law, rows, correlation = corAR1(rho, ~ time, fixed = TRUE), method = "REML")
both("prais-winsten", m, vcov(m), c("law", "time")); add("prais-winsten", "rho", rho)
write.csv(out, "interrupted_series.csv", row.names = FALSE, quote = FALSE)
