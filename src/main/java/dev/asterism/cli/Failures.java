package dev.asterism.cli;

import dev.asterism.admin.AlignedText;
import dev.asterism.wire.MalformedException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** What a failure of a verb or role means to whoever called it. */
final class Failures {
  /** Set, a failure is printed with its stack trace. */
  static final String DEBUG_PROPERTY = "asterism.debug";

  private Failures() {}

  /** {@link ExitCode#USAGE} for input that cannot be read, {@link ExitCode#FAILURE} otherwise. */
  static int exitCode(Exception failure) {
    return failure instanceof MalformedException ? ExitCode.USAGE : ExitCode.FAILURE;
  }

  /** Prints one line, and the stack trace where {@value #DEBUG_PROPERTY} is set. */
  static void print(PrintWriter err, String command, Exception failure) {
    if (Boolean.getBoolean(DEBUG_PROPERTY)) {
      failure.printStackTrace(err);
    }
    err.println(command + ": " + oneLine(failure));
    err.flush();
  }

  /** A message of several lines would pass for several failures. */
  static String oneLine(Exception failure) {
    String message =
        failure instanceof FileSystemException file ? describe(file) : failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : AlignedText.plain(withFile(message, failure).strip().replaceAll("\\s*\\R\\s*", " "));
  }

  /** That the TPM cannot be read is half of it; the other half is that its device is not there. */
  private static String withFile(String message, Exception failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof FileSystemException file) {
        String reason = reason(file);
        boolean told = reason == null || message.contains(reason);
        boolean named = message.contains(String.valueOf(file.getFile()));
        return told ? message : message + ": " + (named ? reason : describe(file));
      }
    }
    return message;
  }

  /** The JDK's message is often the bare path. */
  private static @Nullable String describe(FileSystemException failure) {
    String reason = reason(failure);
    return reason == null ? failure.getMessage() : failure.getFile() + " " + reason;
  }

  private static @Nullable String reason(FileSystemException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "does not exist";
      case AccessDeniedException _ -> "may not be used: permission denied";
      case FileAlreadyExistsException _ -> "exists already";
      case NotDirectoryException _ -> "is no directory";
      default -> failure.getReason();
    };
  }
}
