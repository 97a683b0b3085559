package dev.asterism.audit;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files of one log, the oldest first.
 *
 * @param log where it grows
 * @param whole whether these are all its files that there are, and not some that were named
 */
public record AuditLogs(Path log, List<Path> files, boolean whole) {
  private static final String SUFFIX = ".jsonl";

  public AuditLogs {
    files = List.copyOf(files);
  }

  /**
   * The logs of these files and folders. In a folder, logs are {@code *.jsonl} and whatever has
   * full files.
   *
   * @throws IOException if one cannot be read, or a folder has no log
   */
  public static List<AuditLogs> find(List<Path> places) throws IOException {
    var named = new LinkedHashMap<Path, List<Path>>();
    var logs = new ArrayList<AuditLogs>();
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        logs.addAll(in(place));
      } else {
        add(named, place);
      }
    }
    named.forEach((log, files) -> logs.add(new AuditLogs(log, sorted(files), false)));
    return logs;
  }

  private static List<AuditLogs> in(Path folder) throws IOException {
    var found = new LinkedHashMap<Path, List<Path>>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (Files.isRegularFile(file)
            && (AuditNames.name(file).endsWith(SUFFIX) || AuditNames.logOf(file).isPresent())) {
          add(found, file);
        }
      }
    }
    if (found.isEmpty()) {
      throw new FileSystemException(
          folder.toString(), null, "holds no audit log: no file ends in " + SUFFIX);
    }
    var logs = new ArrayList<AuditLogs>();
    for (Path log : found.keySet()) {
      // One that has another name, as long as it has full files.
      List<Path> files = found.get(log);
      if (Files.isRegularFile(log) && !files.contains(log)) {
        files.add(log);
      }
      logs.add(new AuditLogs(log, sorted(files), true));
    }
    return logs;
  }

  /** The same log as it is now; files come and go while it is written. */
  AuditLogs again() throws IOException {
    if (whole) {
      Path folder = log.toAbsolutePath().getParent();
      for (AuditLogs now : folder == null ? List.<AuditLogs>of() : in(folder)) {
        if (now.log().toAbsolutePath().equals(log.toAbsolutePath())) {
          return now;
        }
      }
    }
    return this;
  }

  private static void add(Map<Path, List<Path>> found, Path file) {
    Path log =
        AuditNames.logOf(file)
            .map(names -> file.resolveSibling(AuditNames.name(names.current())))
            .orElse(file);
    List<Path> files = found.computeIfAbsent(log, _ -> new ArrayList<>());
    if (!files.contains(file)) {
      files.add(file);
    }
  }

  /** The file that grows comes last. */
  private static List<Path> sorted(List<Path> files) {
    return files.stream().sorted(Comparator.comparingLong(AuditLogs::last)).toList();
  }

  private static long last(Path file) {
    return AuditNames.logOf(file)
        .flatMap(names -> names.full(file))
        .map(AuditNames.Full::last)
        .orElse(Long.MAX_VALUE);
  }
}
