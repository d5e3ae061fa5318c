// node icaljs.mjs LIBRARY: a calendar in base64 per line in, its entries as ical.js understands them per line out, as JSON.
import readline from "node:readline";

const ICAL = (await import(process.argv[2])).default;

function entries(content) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = {};
  for (const component of calendar.getAllSubcomponents("vtimezone")) {
    const zone = new ICAL.Timezone(component);
    zones[zone.tzid] = zone;
  }

  function instant(property) {
    const moment = property.getFirstValue();
    const name = property.getParameter("tzid");
    if (name) {
      if (!zones[name]) return `no zone: ${name}`;
      moment.zone = zones[name];
    } else if (moment.zone !== ICAL.Timezone.utcTimezone) {
      return `floating: ${moment}`;
    }
    return moment.convertToZone(ICAL.Timezone.utcTimezone).toString();
  }

  return calendar.getAllSubcomponents("vevent").map((event) => ({
    uid: event.getFirstPropertyValue("uid"),
    start: instant(event.getFirstProperty("dtstart")),
    end: instant(event.getFirstProperty("dtend")),
    title: event.getFirstPropertyValue("summary") ?? "",
    status: event.getFirstPropertyValue("status"),
    sequence: event.getFirstPropertyValue("sequence"),
    location: event.getFirstPropertyValue("location") ?? "",
    description: event.getFirstPropertyValue("description") ?? "",
  }));
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { entries: entries(Buffer.from(line, "base64")) };
  } catch (error) {
    answer = { refused: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
