package dev.asterism.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 64KiB}, {@code 64MiB}, {@code 2GiB} as bytes: 64 KiB to 1 TiB. */
final class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([KMG])iB");
  private static final long LEAST = 64L << 10;
  private static final long MOST = 1L << 40;

  SizeConverter() {}

  @Override
  public Long convert(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      long size = Long.parseLong(form.group(1)) << shift(form.group(2));
      if (size >= LEAST && size <= MOST) {
        return size;
      }
    }
    throw new TypeConversionException("is not a size like 64KiB, 64MiB or 2GiB, at least 64KiB");
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "K" -> 10;
      case "M" -> 20;
      default -> 30;
    };
  }
}
