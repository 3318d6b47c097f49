# R 4.2.2 Patched (2022-11-10 r83330), clubSandwich 0.5.8, sandwich 3.0-2. Run: Rscript panel_differences.R
# Writes panel_differences.csv, from data/validation/P28_cluster_cr2_mpdta/mpdta.csv with every eleventh row left out.
suppressMessages(library(clubSandwich))
digits <- function(x) trimws(formatC(x, digits = 16, format = "g"))
whole <- read.csv("../../data/validation/P28_cluster_cr2_mpdta/mpdta.csv")
rows <- whole[seq_len(nrow(whole)) %% 11 != 0, ]
rows <- rows[rows$countyreal %in% sort(unique(rows$countyreal))[1:120], ]
rows$treated <- as.numeric(rows$first.treat > 0 & rows$year >= rows$first.treat)
out <- data.frame()
add <- function(fit, figure, value) out <<- rbind(out, data.frame(fit = fit, figure = figure, value = digits(value)))

m <- lm(lemp ~ treated + factor(countyreal) + factor(year), rows)
add("two-way", "treated", coef(m)[["treated"]])
for (kind in c("CR1", "CR1S", "CR2")) {
  v <- vcovCR(m, rows$countyreal, kind)
  add("two-way", paste(kind, "error"), sqrt(v["treated", "treated"]))
}
add("two-way", "CR2 freedom", coef_test(m, vcovCR(m, rows$countyreal, "CR2"), coefs = "treated")$df_Satt)

rows$since <- ifelse(rows$first.treat == 0, -1, rows$year - rows$first.treat)
at <- setdiff(sort(unique(rows$since)), -1)
for (k in at) rows[[paste0("since", k - min(at))]] <- as.numeric(rows$since == k)
names <- paste0("since", at - min(at))
m <- lm(reformulate(c(names, "factor(countyreal)", "factor(year)"), "lemp"), rows)
v <- vcovCR(m, rows$countyreal, "CR1S")[names, names]
for (i in seq_along(at)) {
  add("event study", paste("effect", at[i]), coef(m)[[names[i]]])
  add("event study", paste("error", at[i]), sqrt(v[i, i]))
}
after <- as.numeric(at >= 0) / sum(at >= 0)
add("event study", "mean after", sum(after * coef(m)[names]))
add("event study", "error of mean after", sqrt(as.numeric(t(after) %*% v %*% after)))
lead <- names[at < 0]
found <- as.numeric(t(coef(m)[lead]) %*% solve(v[lead, lead]) %*% coef(m)[lead]) / length(lead)
free <- length(unique(rows$countyreal)) - 1
add("event study", "F", found); add("event study", "p", pf(found, length(lead), free, lower.tail = FALSE))
trend <- at[at < 0] + 1
bound <- qf(0.95, length(lead), free)
power <- function(slope) pf(bound, length(lead), free, ncp = slope^2 * as.numeric(t(trend) %*% solve(v[lead, lead]) %*% trend), lower.tail = FALSE)
slope <- uniroot(function(s) power(s) - 0.8, c(0, 1), tol = 1e-14)$root
add("event study", "slope", slope); add("event study", "bias", slope * mean(at[at >= 0] + 1))
write.csv(out, "panel_differences.csv", row.names = FALSE, quote = FALSE)
