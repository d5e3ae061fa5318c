// node icaljs.mjs LIBRARY FILE: the entries as ical.js understands them, as JSON.
import fs from "node:fs";

const [library, file] = process.argv.slice(2);
const ICAL = (await import(library)).default;
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fs.readFileSync(file));
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

console.log(JSON.stringify(calendar.getAllSubcomponents("vevent").map((event) => ({
  uid: event.getFirstPropertyValue("uid"),
  start: instant(event.getFirstProperty("dtstart")),
  end: instant(event.getFirstProperty("dtend")),
  title: event.getFirstPropertyValue("summary") ?? "",
  status: event.getFirstPropertyValue("status"),
  sequence: event.getFirstPropertyValue("sequence"),
  location: event.getFirstPropertyValue("location") ?? "",
  description: event.getFirstPropertyValue("description") ?? "",
}))));
