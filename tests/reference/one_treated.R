# R 4.2.2 Patched (2022-11-10 r83330), base R only. Run here: Rscript one_treated.R
# One treated authority among forty by a Poisson regression each: glm with a dummy for each authority and year and a step
# for the authority that is taken for treated, the rest without the true one. Steps are set beside a weighted line over the
# others (lm), their variance fitted as a + b * chance variance with neither below 0, and the treated ranked by its size.
# Writes ../../data/validation/P30_one_treated_suspensions/expected.csv from panel.csv beside it.
folder <- "../../data/validation/P30_one_treated_suspensions"
digits <- function(x) trimws(formatC(x, digits = 12, format = "g"))
panel <- read.csv(file.path(folder, "panel.csv"))
own <- "821"
tight <- glm.control(epsilon = 1e-14, maxit = 200)

step_of <- function(rows, unit, late) {
  rows$on <- as.numeric(rows$old_la_code == unit & late(rows$time_period))
  fit <- glm(suspension ~ factor(old_la_code) + factor(time_period) + on + offset(log(headcount)),
             family = poisson, data = rows, control = tight)
  step <- unname(coef(fit)["on"])
  mine <- rows$old_la_code == unit
  before <- sum(rows$suspension[mine & rows$on == 0])
  due <- sum(fitted(fit)[mine & rows$on == 1]) / exp(step)  # what the levels of all years lead to
  c(step = step, noise = 1 / before + 1 / due)
}

steps <- function(rows, late) {
  units <- sort(unique(rows$old_la_code))
  sapply(as.character(units), function(unit) {
    among <- if (unit == own) rows else rows[rows$old_la_code != as.integer(own), ]
    step_of(among, as.integer(unit), late)
  })
}

# a + b * noise to squares by least squares, neither below 0: of the fits that are allowed the nearest
variance_of <- function(squares, noise) {
  tried <- list(coef(lm(squares ~ noise)), c(mean(squares), 0), c(0, sum(squares * noise) / sum(noise^2)))
  allowed <- Filter(function(b) all(b >= 0), tried)
  off <- sapply(allowed, function(b) sum((squares - b[1] - b[2] * noise)^2))
  allowed[[which.min(off)]]
}

ranked <- function(change, noise, height, level = 0.95) {
  others <- names(change) != own
  x <- if (is.null(height)) matrix(1, length(change), 1) else cbind(1, height)
  variance <- rep(1, length(change))
  for (round in 1:3) {
    fit <- lm.wfit(x[others, , drop = FALSE], change[others], 1 / variance[others])
    inverse <- solve(crossprod(x[others, , drop = FALSE] / sqrt(variance[others])))
    pull <- rowSums((x %*% inverse) * x) / variance
    line <- as.vector(x %*% fit$coefficients)
    b <- variance_of((change - line)[others]^2 / (1 - pull[others]), noise[others])
    variance <- unname(b[1] + b[2] * noise)
  }
  spread <- sqrt(variance * (1 + ifelse(others, -pull, pull)))
  score <- (change - line) / spread
  far <- sum(abs(score[others]) >= abs(score[!others]))
  reach <- unname(sort(abs(score[others]))[ceiling((sum(others) + 1) * level)] * spread[!others])
  effect <- (change - line)[!others]
  list("rate ratio" = exp(effect), "lower limit" = exp(effect - reach), "upper limit" = exp(effect + reach),
       "rank" = (far + 1) / (sum(others) + 1), "share of others" = far / sum(others), "expected of it" = exp(line[!others]),
       "smallest fall seen" = exp(-reach))
}

after <- function(year) year >= 202122
found <- steps(panel, after)
change <- found["step", ]
noise <- found["noise", ]
before <- panel[!after(panel$time_period), ]
high <- steps(before, function(year) year >= 201617)["step", ]
out <- data.frame(figure = paste0("authority ", names(change), ": log ratio"), value = digits(change))
out <- rbind(out, data.frame(figure = paste0("authority ", names(high), ": log height"), value = digits(high)))
for (way in c("as it is", "beside those as high")) {
  one <- unlist(ranked(change, noise, if (way == "as it is") NULL else high))
  names(one) <- sub("\\.821$", "", names(one))
  out <- rbind(out, data.frame(figure = paste0(way, ": ", names(one)), value = digits(one)))
}
out$tolerance <- ""
write.csv(out, file.path(folder, "expected.csv"), row.names = FALSE, quote = FALSE)
