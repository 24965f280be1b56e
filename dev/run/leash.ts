/**
 * Loaded before the application: ends it when the process that started it is gone. It gets SIGTERM first, because it may
 * be in the middle of work, and is ended two seconds later.
 */
process.on("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), 2_000).unref();
});

// The listener alone would keep the application alive after it has stopped serving.
process.channel?.unref();
