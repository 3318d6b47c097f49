# Reference values of medians with censoring: R's survival. Run: Rscript durations.R > durations.csv
library(survival)
cases <- list(
  a = list(days = c(3, 5, 9, 12, 20, 20, 33), ended = c(1, 1, 0, 1, 1, 0, 0), count = c(2, 1, 3, 4, 2, 1, 5)),
  b = list(days = 1:12, ended = rep(1, 12), count = c(5, 3, 8, 1, 9, 2, 4, 4, 7, 3, 1, 2)),
  c = list(days = c(10, 20, 30, 40), ended = c(1, 1, 1, 1), count = c(1, 1, 1, 1)),
  d = list(days = c(7, 14, 21, 28, 56, 90), ended = c(1, 1, 1, 1, 1, 0), count = c(11, 23, 40, 31, 12, 60))
)
cat("case,share,estimate,lower,upper\n")
for (name in names(cases)) {
  one <- cases[[name]]
  rows <- data.frame(days = rep(one$days, one$count), ended = rep(one$ended, one$count))
  fit <- survfit(Surv(days, ended) ~ 1, data = rows, conf.type = "log-log")
  for (share in c(0.25, 0.5, 0.9)) {
    q <- quantile(fit, share)
    cat(sprintf("%s,%s,%.10g,%.10g,%.10g\n", name, share, q$quantile, q$lower, q$upper))
  }
}
